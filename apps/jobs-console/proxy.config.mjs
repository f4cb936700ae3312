// The console's dev server hands everything of the gateway on to it, so that both share one origin.
const gateway = process.env.GATEWAY_URL ?? `http://127.0.0.1:${process.env.PORT ?? 3333}`;

export default {
  '/api': { target: gateway },
  '/health': { target: gateway },
  '/test-client': { target: gateway },
  '/socket.io': { target: gateway, ws: true },
};
