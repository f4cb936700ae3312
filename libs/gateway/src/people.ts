import { HARMONIA_GATEWAY_OPTIONS, type HarmoniaGatewayOptions } from './gateway-options.js';
import type { Door } from './gateway.module.js';
import { UserMessages } from './messages/user-messages.js';
import { NodeBus } from './nodes/node-bus.js';
import { nodeBusOf } from './nodes/nodes-options.js';
import { JobAudiences } from './presence/job-audiences.js';
import { LocalUsers } from './presence/local-users.js';
import { OnlineWatches } from './presence/online-watches.js';
import { PresenceDoor } from './presence/presence-door.js';
import { PresenceExchange } from './presence/presence-exchange.js';
import { PresencePolicy, SharedJobPresencePolicy } from './presence/presence-policy.js';
import { PresenceSight } from './presence/presence-sight.js';
import { Presence } from './presence/presence.js';
import { Roster } from './presence/roster.js';
import { ViewerNews } from './presence/viewer-news.js';

/** Who is there, on all nodes, and what they are told: for a node that serves no sockets, too. */
export const people: Door = {
  providers: [
    {
      provide: NodeBus,
      inject: [HARMONIA_GATEWAY_OPTIONS],
      useFactory: ({ nodes }: HarmoniaGatewayOptions) => nodeBusOf(nodes),
    },
    {
      provide: PresencePolicy,
      inject: [HARMONIA_GATEWAY_OPTIONS],
      useFactory: ({ presence }: HarmoniaGatewayOptions) => presence?.policy ?? new SharedJobPresencePolicy(),
    },
    PresenceSight,
    Roster,
    PresenceExchange,
    Presence,
    LocalUsers,
    UserMessages,
  ],
  exports: [NodeBus, Presence, PresencePolicy, UserMessages],
};

/** What sockets are told of each other. */
export const peopleOnSockets: Door = { providers: [ViewerNews, JobAudiences, OnlineWatches, PresenceDoor] };
