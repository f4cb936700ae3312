import { RefusalError } from '@harmonia/contract';
import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { randomUUID } from 'node:crypto';
import { DEMO_USERS, type DemoUser } from './demo-users.js';

/** What a demo sign-in answers. */
export interface DemoSession {
  readonly token: string;
  readonly user: DemoUser;
  /** ISO 8601. */
  readonly expiresAt: string;
}

/** Makes the tokens of demo users, as an identity provider would. */
@Injectable()
export class DemoSessions {
  /** @param lifetimeSeconds how long a token is good for */
  constructor(
    private readonly tokens: JwtService,
    private readonly lifetimeSeconds: number,
  ) {}

  /** @throws RefusalError `forbidden` when there is no such demo user */
  open(id: string): DemoSession {
    const user = DEMO_USERS.find((known) => known.id === id);
    if (!user) throw new RefusalError('forbidden');
    const exp = Math.floor(Date.now() / 1000) + this.lifetimeSeconds;
    const { name, email, roles, scopes } = user;
    // each sign-in is a session of its own, which can be ended alone
    const claims = { jti: randomUUID(), sub: id, exp, name, email, roles, scope: scopes.join(' ') };
    const token = this.tokens.sign(claims, { algorithm: 'HS256' });
    return { token, user, expiresAt: new Date(exp * 1000).toISOString() };
  }
}
