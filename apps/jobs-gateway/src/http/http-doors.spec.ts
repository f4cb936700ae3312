import { once } from 'node:events';
import { connect } from 'node:net';
import { RunningGateway } from '../testing/running-gateway.suite.js';
import { contentSecurityPolicy } from './security-headers.js';

describe('the doors of the server', () => {
  let gateway: RunningGateway;
  beforeAll(async () => {
    gateway = await RunningGateway.start({ LIMITS: 'requestsPerMinute=4' });
  });
  afterAll(() => gateway.stop());

  it.each(['/health/live', '/api/docs', '/api/jobs', '/nowhere', '/test-client'])(
    'say on every answer what a page may do: %s',
    async (path) => {
      const { headers } = await fetch(gateway.url + path);
      expect(headers.get('content-security-policy')).toMatch(/^default-src 'self'; .*frame-ancestors 'none'.*script-src 'self'/);
      expect(headers.get('content-security-policy')).not.toMatch(/script-src[^;]*unsafe/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('SAMEORIGIN');
      expect(headers.has('x-powered-by')).toBe(false);
    },
  );

  it('let the one script of the test client run, by its hash', async () => {
    const { headers } = await fetch(`${gateway.url}/test-client`);
    expect(headers.get('content-security-policy')).toMatch(/script-src 'self' 'sha256-[\w+/]{43}='/);
  });

  it('let the page of /api/docs run: it has no script of its own', async () => {
    const page = await (await fetch(`${gateway.url}/api/docs`)).text();
    const scripts = [...page.matchAll(/<script([^>]*)>([^]*?)<\/script>/g)];
    expect(scripts.length).toBeGreaterThan(1);
    expect(scripts.filter(([, attributes, text]) => !attributes?.includes('src=') || text?.trim() !== '')).toEqual([]);
    expect(contentSecurityPolicy()).toContain("script-src 'self';");
  });

  it('[L1] keep the limits that LIMITS says', async () => {
    const ada = await gateway.signIn('ada');
    const statuses: number[] = [];
    for (let asked = 0; asked < 5; asked++) statuses.push((await ada.fetch('/api/jobs')).status);
    expect(statuses).toEqual([200, 200, 200, 200, 429]);
  });

  it('[G10] close who connects and says nothing, or says it slowly, within ten seconds', async () => {
    const began = performance.now();
    const { hostname, port } = new URL(gateway.url);
    const [silent, slow] = [connect(Number(port), hostname), connect(Number(port), hostname)];
    slow.write('GET /health/live HTTP/1.1\r\nHost: x\r\n');
    const dripping = setInterval(() => slow.write('X-More: y\r\n'), 200);
    await Promise.all(
      [silent, slow].map((socket) =>
        once(
          socket.resume().on('error', () => undefined),
          'close',
        ),
      ),
    );
    clearInterval(dripping);
    expect(performance.now() - began).toBeLessThan(10_500);
  }, 15_000);
});
