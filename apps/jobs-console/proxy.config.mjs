// The console's dev server hands everything of the gateway on to it, so that both share one origin.
import { gatewayUrl } from '../../tools/ports.mjs';

const target = gatewayUrl();

export default {
  '/api': { target },
  '/health': { target },
  '/test-client': { target },
  '/socket.io': { target, ws: true },
};
