import { lacking } from './nginx-process.ts';

/** What needs nginx, openssl and redis-server: without them its title says that it was not run, and in CI that is a failure. */
export function describeWithNginx(title: string, body: () => void): void {
  const missing = lacking();
  if (missing.length === 0) return describe(title, body);
  it(`${title}: NOT RUN, since there is no ${missing.join(' and no ')} on the PATH`, () => expect(process.env['CI']).toBeUndefined());
}
