import { test as base } from './console-test';
import { OwnGateway } from './own-gateway';

interface OwnGatewayFixtures {
  /** Runs when the test begins; the console of every page in it talks to this gateway alone. */
  readonly gateway: OwnGateway;
}

/** A test with a gateway of its own, to be killed. That a browser logs its failed requests is no error here. */
export const test = base.extend<OwnGatewayFixtures>({
  toleratedErrors: /WebSocket connection to .+ failed|Failed to load resource/,
  gateway: async ({ context, baseURL }, use, info) => {
    const gateway = new OwnGateway(info.outputPath('gateway'), new URL(baseURL ?? '').origin);
    await gateway.start();
    await context.route('**/config.json', (route) => route.fulfill({ json: { gateway: { url: gateway.url } } }));
    await use(gateway);
    await gateway.kill();
  },
});
