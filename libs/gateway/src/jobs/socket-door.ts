import { RefusedHandshakes } from '../audit/refused-handshakes.js';
import { Handshake } from '../connection/handshake.js';
import { SessionCloser } from '../sessions/session-closer.js';
import { SessionClock } from '../sessions/session-clock.js';
import { SessionRenewal } from '../sessions/session-renewal.js';
import { AnswersAhead } from './answers-ahead.js';
import { AskedAnew } from './asked-anew.js';
import { CatchUp } from './catch-up.js';
import { FeedCheck } from './feed-check.js';
import { FrameFlush } from './frame-flush.js';
import { JobFeed } from './job-feed.js';
import { SharedReadings } from './job-readings.js';
import { JobRequests } from './job-requests.js';
import { JobSync } from './job-sync.js';
import { JobVerbs } from './job-verbs.js';
import { ListRights } from './list-rights.js';
import { JobWatches } from './job-watches.js';
import { JobsGateway } from './jobs.gateway.js';
import { MissedStates } from './missed-states.js';
import { SharedLists } from './shared-lists.js';
import { SlowSockets } from './slow-sockets.js';
import { ToldJobs } from './told-jobs.js';

/** What serves sockets. */
export const socketDoor = {
  providers: [
    RefusedHandshakes,
    Handshake,
    SharedLists,
    SharedReadings,
    ToldJobs,
    AnswersAhead,
    ListRights,
    AskedAnew,
    JobWatches,
    JobSync,
    FrameFlush,
    MissedStates,
    CatchUp,
    JobFeed,
    FeedCheck,
    SlowSockets,
    SessionClock,
    SessionCloser,
    SessionRenewal,
    JobVerbs,
    JobRequests,
    JobsGateway,
  ],
  exports: [JobsGateway],
};
