import { loadConfig } from './console-config';

const ADDRESS = new URL('http://localhost/config.json');

describe('loadConfig', () => {
  const { fetch } = globalThis;
  afterEach(() => (globalThis.fetch = fetch));
  const serve = (status: number, json: () => Promise<unknown>) =>
    (globalThis.fetch = () => Promise.resolve({ status, ok: status === 200, json } as Response));

  it('means the page’s own origin by nothing', async () => {
    serve(200, () => Promise.resolve({}));
    expect(await loadConfig(ADDRESS)).toEqual({ gateway: {} });
    serve(404, () => Promise.reject(new Error('no JSON')));
    expect(await loadConfig(ADDRESS)).toEqual({ gateway: {} });
  });

  it('reads where the gateway is', async () => {
    const gateway = { url: 'https://jobs.example.com', namespace: '/jobs', path: '/live', api: '/v1' };
    serve(200, () => Promise.resolve({ gateway }));
    expect(await loadConfig(ADDRESS)).toEqual({ gateway });
  });

  it.each([
    [500, { gateway: {} }, 'config.json cannot be had: status 500.'],
    [200, { gateway: { url: 'nowhere' } }, 'config.json is not right: gateway.url is an address, such as https://jobs.example.com.'],
    [200, 'gateway', 'config.json is not right'],
  ])('says what is wrong: %d %j', async (status, json, message) => {
    serve(status, () => Promise.resolve(json));
    await expect(loadConfig(ADDRESS)).rejects.toThrow(message);
  });

  it('says that it is no JSON', async () => {
    serve(200, () => Promise.reject(new SyntaxError('<')));
    await expect(loadConfig(ADDRESS)).rejects.toThrow('config.json is not right');
  });
});
