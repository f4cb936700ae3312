import { BuiltGateway } from './testing/built-gateway.suite.js';
import { Person, json } from './testing/running-gateway.suite.js';
import { lastSentence, samplePdf } from './testing/sample-pdf.suite.js';

describe('the built app', () => {
  let built: BuiltGateway;
  beforeAll(async () => (built = await BuiltGateway.build()), 30_000);
  afterAll(() => built.remove());

  it('lists every wrong variable, without a stack and without the secret, and exits with 1', async () => {
    const { code, stderr } = await built.run({ PORT: 'many', JWT_SECRET: 'hunter2', WEBSOCKET_ENABLED: 'perhaps' }).ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Harmonia cannot start:\n- PORT: .+\n- JWT_SECRET: .+\n- WEBSOCKET_ENABLED: .+\n$/);
    expect(stderr).not.toContain('hunter2');
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('runs jobs until %s, then exits with 0', async (signal) => {
    const gateway = built.run({ DEMO_AUTH: 'true' });
    const url = await gateway.listening();
    const { token } = (await (await fetch(`${url}/api/auth/demo`, json({ user: 'ada' }))).json()) as { token: string };
    const ada = new Person(url, token);
    const jobs = await ada.watch();
    const { id } = await ada.upload('pdf-notes', 'log.pdf', samplePdf(3));
    expect(await jobs.untilEnded(id)).toBe('completed');
    expect(await (await ada.fetch(`/api/jobs/${id}/result`)).text()).toContain(lastSentence(3));
    expect((await fetch(`${url}/test-client`)).status).toBe(200);
    expect(await gateway.stop(signal)).toBe(0);
    jobs.close();
  });

  it('says in a sentence why a second one cannot start, and exits with 1', async () => {
    const first = built.run({ DEMO_AUTH: 'true' });
    const { port } = new URL(await first.listening());
    const onSamePort = await built.run({ DEMO_AUTH: 'true', PORT: port, DATA_DIR: 'elsewhere' }).ended;
    expect(onSamePort).toEqual({ code: 1, stderr: expect.stringMatching(/^Harmonia cannot start:\n- port-in-use: .*PORT.*\n$/) });
    const onSameData = await built.run({ DEMO_AUTH: 'true' }).ended;
    expect(onSameData).toEqual({ code: 1, stderr: expect.stringMatching(/^Harmonia cannot start:\n- data-dir-in-use: .*DATA_DIR.*\n$/) });
    expect(await first.stop('SIGTERM')).toBe(0);
  });
});
