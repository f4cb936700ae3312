import * as v from 'valibot';
import { complaintOf } from './complaint.fixture.js';
import { AuthRefreshSchema, HandshakeAuthSchema } from './handshake.js';
import { AuthenticatedSchema, EpochSchema, PROTOCOL, SessionClosingSchema, SessionExpiringSchema } from './session.js';

describe('[E3] the handshake', () => {
  it.each([
    {},
    { token: 'a.b.c' },
    { token: 'a.b.c', protocol: PROTOCOL },
    { protocol: PROTOCOL },
    { protocol: PROTOCOL, inflate: true },
    { token: 'x'.repeat(8192) },
  ])('accepts %#', (auth) => expect(v.parse(HandshakeAuthSchema, auth)).toEqual(auth));

  it('drops what it does not know', () => {
    expect(v.parse(HandshakeAuthSchema, { token: 't', admin: true })).toEqual({ token: 't' });
  });

  it.each([
    [{ token: 7 }, 'token: A token is a string.'],
    [{ token: 'x'.repeat(8193) }, 'token: A token is at most 8192 characters.'],
    [{ protocol: 2 }, 'protocol: The protocol is 1; leave it out for single events.'],
    [{ protocol: '1' }, 'protocol: The protocol is 1; leave it out for single events.'],
    [{ inflate: 'yes' }, 'inflate: To inflate is true, or left out.'],
    ['token', 'payload: This must be an object.'],
  ])('refuses %#', (auth, sentence) => expect(complaintOf(HandshakeAuthSchema, auth)).toBe(sentence));
});

describe('[R7] an epoch', () => {
  it.each(['e', 'f'.repeat(128)])('may be %s', (epoch) => expect(v.is(EpochSchema, epoch)).toBe(true));
  it.each(['', 'f'.repeat(129), 7, null])('is not %j', (epoch) => expect(v.is(EpochSchema, epoch)).toBe(false));
});

describe('[E5] session events', () => {
  const authenticated = { user: { id: 'u1', roles: ['admin'] }, epoch: 'e1', expiresAt: '2026-11-21T07:00:00.000Z' };

  it.each([
    authenticated,
    { ...authenticated, expiresAt: null },
    { ...authenticated, user: { id: 'ü@x.org', roles: [], email: 'ü@x.org', name: 'Ü' } },
  ])('reads authenticated %#', (event) => expect(v.parse(AuthenticatedSchema, event)).toEqual(event));

  it.each([
    {},
    { ...authenticated, epoch: '' },
    { ...authenticated, expiresAt: 'soon' },
    { ...authenticated, user: { id: 'u1' } },
    { ...authenticated, user: { id: 'u\n1', roles: [] } },
  ])('refuses authenticated %#', (event) => expect(v.is(AuthenticatedSchema, event)).toBe(false));

  it('reads session:closing', () => {
    expect(v.parse(SessionClosingSchema, { code: 'server-stopping', retryAfterMs: 0 })).toEqual({
      code: 'server-stopping',
      retryAfterMs: 0,
    });
    expect(v.parse(SessionClosingSchema, { code: 'of-the-future', retryAfterMs: 5 }).code).toBe('internal-error');
    expect(v.is(SessionClosingSchema, { code: 'server-stopping', retryAfterMs: -1 })).toBe(false);
    expect(v.is(SessionClosingSchema, { code: 'server-stopping' })).toBe(false);
  });
});

describe('[S6] a renewal', () => {
  it('is told of, and asked for with a token', () => {
    const expiring = { expiresAt: '2026-11-21T07:00:00.000Z' };
    expect(v.parse(SessionExpiringSchema, expiring)).toEqual(expiring);
    expect(v.is(SessionExpiringSchema, { expiresAt: null })).toBe(false);
    expect(v.parse(AuthRefreshSchema, { token: 'a.b.c', roles: ['admin'] })).toEqual({ token: 'a.b.c' });
  });

  it.each([
    [{}, 'token: This is missing.'],
    [{ token: null }, 'token: A token is a string.'],
    [{ token: 'x'.repeat(8193) }, 'token: A token is at most 8192 characters.'],
  ])('without a token is refused: %#', (payload, sentence) => expect(complaintOf(AuthRefreshSchema, payload)).toBe(sentence));
});
