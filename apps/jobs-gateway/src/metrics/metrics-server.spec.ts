import { RunningGateway } from '../testing/running-gateway.suite.js';
import { StartError } from '../config.js';
import { MetricsServer } from './metrics-server.js';

describe('the figures for Prometheus', () => {
  it('are on a port of their own, and there alone', async () => {
    const gateway = await RunningGateway.start({ METRICS_PORT: '0' });
    const url = gateway.app.get(MetricsServer).url ?? '';
    const jobs = await (await gateway.signIn('ada')).watch();
    const answer = await fetch(url);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    const text = await answer.text();
    expect(text.split('\n')).toEqual(
      expect.arrayContaining(['harmonia_connections{client="plain"} 1', 'harmonia_subscriptions{of="users"} 1']),
    );
    expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds \S+$/m);
    expect((await fetch(url.replace('/metrics', '/'))).status).toBe(404);
    expect((await fetch(`${gateway.url}/metrics`)).status).toBe(404);
    jobs.close();
    await gateway.stop();
    await expect(fetch(url)).rejects.toThrow();
  });

  it('are nowhere unless that is asked for', async () => {
    const gateway = await RunningGateway.start();
    expect(gateway.app.get(MetricsServer).url).toBeNull();
    await gateway.stop();
  });

  it('say which variable to change when their port is taken', async () => {
    const first = await RunningGateway.start();
    const { port } = new URL(first.url);
    const starting = RunningGateway.start({ METRICS_PORT: port });
    const error: unknown = await starting.catch((reason: unknown) => reason);
    expect(error instanceof StartError && error.problems).toEqual([
      `port-in-use: Port ${port} on 127.0.0.1 is taken. Stop what uses it, or set METRICS_PORT to another.`,
    ]);
    await first.stop();
  });
});
