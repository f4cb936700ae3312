import { HttpClient, HttpErrorResponse } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import { firstValueFrom } from 'rxjs';
import * as v from 'valibot';
import { CONSOLE_CONFIG } from '../console-config';

/** A demo user as the gateway names one. */
export const DemoUserSchema = v.object({
  id: v.string(),
  name: v.string(),
  roles: v.array(v.string()),
  scopes: v.optional(v.array(v.string()), []),
});
const DemoUsersSchema = v.object({ users: v.array(DemoUserSchema) });
const DemoSessionSchema = v.object({ token: v.string(), user: DemoUserSchema });

/** An answer that does not come within these milliseconds does not come. */
const WITHIN = { timeout: 10_000 };

/** Someone whom the demo lets in without a password. */
export type DemoUser = v.InferOutput<typeof DemoUserSchema>;

/** A signed-in demo user with their token. */
export type DemoSession = v.InferOutput<typeof DemoSessionSchema>;

/** The demo sign-in of the gateway. A real installation has its identity provider in its place. */
@Injectable({ providedIn: 'root' })
export class DemoSignIn {
  private readonly http = inject(HttpClient);
  private readonly address: string;
  private readonly session: string;

  constructor() {
    const { url = '', api = '/api' } = inject(CONSOLE_CONFIG).gateway;
    this.address = `${url.replace(/\/+$/, '')}${api}/auth/demo`;
    this.session = `${url.replace(/\/+$/, '')}${api}/session`;
  }

  /** Everyone who may sign in; null when this gateway has no demo sign-in. */
  async users(): Promise<readonly DemoUser[] | null> {
    try {
      return v.parse(DemoUsersSchema, await firstValueFrom(this.http.get(this.address, WITHIN))).users;
    } catch (error) {
      if (error instanceof HttpErrorResponse && error.status === 404) return null;
      throw error;
    }
  }

  /** A new token for this user. */
  async signIn(user: string): Promise<DemoSession> {
    return v.parse(DemoSessionSchema, await firstValueFrom(this.http.post(this.address, { user }, WITHIN)));
  }

  /** Ends the session of this token on the server, too [S8]; one that is over already, or cannot be reached, ends by itself. */
  async signOut(token: string): Promise<void> {
    const headers = { Authorization: `Bearer ${token}` };
    await firstValueFrom(this.http.delete(this.session, { ...WITHIN, headers })).catch(() => undefined);
  }
}
