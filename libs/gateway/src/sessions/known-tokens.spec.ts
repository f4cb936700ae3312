import { JwtService } from '@nestjs/jwt';
import assert from 'node:assert/strict';
import { rememberingVerifier } from './known-tokens.js';
import { secretVerifier } from './secret-verifier.js';

const SECRET = 'a secret of the specs that is long enough';
const signed = (payload: object, expiresIn: number) => new JwtService({ secret: SECRET }).sign(payload, { expiresIn });

/** The real verifier, and how often it was asked. */
function counted(toleranceSeconds = 0) {
  const verify = secretVerifier(SECRET, { clockToleranceSeconds: toleranceSeconds });
  const asked = { times: 0 };
  const verifyOnce = rememberingVerifier((token) => {
    asked.times++;
    return verify(token);
  }, toleranceSeconds);
  return { asked, verify: verifyOnce };
}

describe('tokens that were found good', () => {
  it('are checked once, and say the same again, whatever became of what they said before', async () => {
    const { asked, verify } = counted();
    const token = signed({ sub: 'änn', roles: ['reader'] }, 60);
    const said = await verify(token);
    assert(typeof said === 'object' && said !== null && 'roles' in said && Array.isArray(said.roles));
    const before = structuredClone(said);
    said.roles.push('admin');
    const again = await verify(token);
    expect(again).toEqual(before);
    assert(typeof again === 'object' && again !== null);
    Object.assign(again, { sub: 'root' });
    expect([await verify(token), asked.times]).toEqual([before, 1]);
  });

  it.each([0, 1])('[G7] are refused as soon as they have ended, with a tolerance of %i s', async (tolerance) => {
    const { verify } = counted(tolerance);
    const token = signed({ sub: 'ann' }, 1);
    const said = await verify(token);
    assert(typeof said === 'object' && said !== null && 'exp' in said && typeof said.exp === 'number');
    const end = (said.exp + tolerance) * 1000;
    let code = 'none';
    let refusedAt = 0;
    while (code === 'none') {
      refusedAt = Date.now();
      code = await verify(token).then(
        () => 'none',
        (refusal) => refusal.code,
      );
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(code).toBe('token-expired');
    expect(refusedAt).toBeGreaterThanOrEqual(end - 1);
    expect(refusedAt).toBeLessThan(end + 500);
  });

  it('vouch for no other: neither for one with their signature, nor for one with what they say', async () => {
    const { verify } = counted();
    const [head, payload, signature] = signed({ sub: 'ann' }, 60).split('.');
    await verify(`${head}.${payload}.${signature}`);
    const other = Buffer.from(JSON.stringify({ sub: 'root', exp: 4_102_444_800 })).toString('base64url');
    for (const token of [`${head}.${other}.${signature}`, `${head}.${payload}.`, `${head}.${payload}.${signature}x`])
      await expect(verify(token)).rejects.toMatchObject({ code: 'token-invalid' });
  });

  it('are forgotten, those that were checked first, when there are many', async () => {
    const { asked, verify } = counted();
    const tokens = Array.from({ length: 1001 }, (_, index) => signed({ sub: `user-${index}` }, 60));
    for (const token of tokens) await verify(token);
    await verify(tokens[1] ?? '');
    expect(asked.times).toBe(1001);
    await verify(tokens[0] ?? '');
    expect(asked.times).toBe(1002);
  });
});
