import type { Proof } from './proof.ts';
import { proveMutants } from './g01-mutants.ts';
import { proveViews, tryStock } from './g01-views.ts';
import { proveRevokingMutants } from './g02-mutants.ts';
import { proveTiming } from './g02-timing.ts';
import { proveRevoking } from './g02-revoking.ts';
import { proveDelivery } from './g03-delivery.ts';
import { proveAgreement } from './g04-agreement.ts';
import { proveSubscribing } from './g05-subscribing.ts';
import { proveExpiry } from './g07-expiry.ts';
import { proveLogout } from './g08-logout.ts';
import { proveSlowReaders } from './g06-slow-readers.ts';
import { proveInputs } from './g09-inputs.ts';
import { proveStrangers } from './g10-strangers.ts';
import { proveLimits } from './g11-limits.ts';
import { proveOrigins } from './g12-origins.ts';
import { proveOutages } from './g13-outages.ts';
import { proveRollback } from './g14-rollback.ts';
import { proveReconnect } from './g15-reconnect.ts';
import { provePresence } from './g17-presence.ts';
import { proveSoak } from './g18-soak.ts';
import { proveNodesRestart } from './g19-nodes.ts';
import { proveRestart } from './g19-restart.ts';

/** Every promise that has a campaign, in the order in which `all` runs them. */
export const PROOFS: readonly Proof[] = [
  { id: 'G1', promises: 'every view is as the store within 5 s of whatever breaks', needsRedis: true, prove: proveViews },
  { id: 'stock', promises: 'the same faults, Socket.IO’s adapter with state recovery', needsRedis: true, prove: tryStock },
  { id: 'mutants', promises: 'G1 finds a product that lacks what keeps views right', needsRedis: true, prove: proveMutants },
  { id: 'G2', promises: 'nobody sees what is not theirs, while it is being taken from them', needsRedis: true, prove: proveRevoking },
  { id: 'G2-mutants', promises: 'G2 finds a product that lacks what keeps secrets', needsRedis: true, prove: proveRevokingMutants },
  { id: 'G2-time', promises: 'the time of a refusal does not tell whether the job is there', needsRedis: true, prove: proveTiming },
  { id: 'G3', promises: 'no end is undone in a view', needsRedis: false, prove: proveDelivery },
  { id: 'G4', promises: 'the client and both stores agree', needsRedis: true, prove: proveAgreement },
  { id: 'G5', promises: 'subscribing around an end shows it, on two nodes', needsRedis: true, prove: proveSubscribing },
  { id: 'G7', promises: 'sessions end with their tokens; renewed ones lose nothing', needsRedis: false, prove: proveExpiry },
  { id: 'G8', promises: 'ended sessions are gone from every node within 2 s', needsRedis: true, prove: proveLogout },
  { id: 'G6', promises: 'who stops reading costs little, and others do not notice', needsRedis: false, prove: proveSlowReaders },
  { id: 'G9', promises: 'bad input is answered, and never crashes or hangs', needsRedis: false, prove: proveInputs },
  { id: 'G10', promises: 'a stranger costs little and is closed within 10 s', needsRedis: false, prove: proveStrangers },
  { id: 'G11', promises: 'every limit holds, and nobody else notices', needsRedis: false, prove: proveLimits },
  { id: 'G12', promises: 'no page of another origin gets in', needsRedis: false, prove: proveOrigins },
  { id: 'G13', promises: 'Redis away: the gateway stays up, says so and recovers', needsRedis: true, prove: proveOutages },
  { id: 'G14', promises: 'Redis rolled back: no view stays on the lost future', needsRedis: true, prove: proveRollback },
  { id: 'G15', promises: '2,000 clients reconnect within 10 s after a node dies', needsRedis: true, prove: proveReconnect },
  { id: 'G17', promises: 'who goes is gone everywhere within 30 s; strangers see nobody', needsRedis: true, prove: provePresence },
  { id: 'G18', promises: 'nothing leaks, and SIGTERM drains within 10 s', needsRedis: true, prove: proveSoak },
  { id: 'G19', promises: 'SIGKILL loses and strands nothing', needsRedis: false, prove: proveRestart },
  { id: 'G19-redis', promises: 'nor does it with two gateways and two workers', needsRedis: true, prove: proveNodesRestart },
];
