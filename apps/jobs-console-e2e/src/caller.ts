import { expect, type APIRequestContext, type APIResponse } from '@playwright/test';

/** A demo user who speaks HTTP, without a page. */
export class Caller {
  private constructor(
    private readonly request: APIRequestContext,
    private readonly gateway: string,
    readonly token: string,
  ) {}

  /** @param gateway the url of another gateway than the shared one */
  static async signIn(request: APIRequestContext, user: string, gateway = ''): Promise<Caller> {
    const answer = await request.post(`${gateway}/api/auth/demo`, { data: { user } });
    const { token }: { token: string } = await answer.json();
    return new Caller(request, gateway, token);
  }

  send(method: 'GET' | 'POST' | 'DELETE', path: string, data?: object): Promise<APIResponse> {
    return this.request.fetch(`${this.gateway}/api${path}`, { method, data, headers: { authorization: `Bearer ${this.token}` } });
  }

  /** The body of an answer that must be a good one. */
  async ask<Body>(method: 'GET' | 'POST' | 'DELETE', path: string, data?: object): Promise<Body> {
    const answer = await this.send(method, path, data);
    await expect(answer).toBeOK();
    return answer.json();
  }
}
