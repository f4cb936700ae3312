import { ClientAddresses } from './client-address.js';
import { RequestLimit } from './request-limit.js';
import { Strangers } from './strangers.js';
import { UserSockets } from './user-sockets.js';
import { WatchLimit } from './watch-limit.js';

/** What keeps everything within its limits [L1], at both doors. */
export const limitsDoor = { providers: [ClientAddresses, RequestLimit, Strangers, UserSockets, WatchLimit] };
