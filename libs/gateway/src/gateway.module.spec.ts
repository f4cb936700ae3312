import { Test } from '@nestjs/testing';
import { SessionAuthenticator } from './connection/session-authenticator.js';
import { HarmoniaGatewayModule } from './gateway.module.js';

describe('HarmoniaGatewayModule', () => {
  it('can be imported by a Nest app', async () => {
    const options = { jwt: { secret: 'a-secret-of-at-least-thirty-two-bytes' } };
    const testing = await Test.createTestingModule({ imports: [HarmoniaGatewayModule.forRoot(options)] }).compile();
    expect(testing.get(SessionAuthenticator)).toBeInstanceOf(SessionAuthenticator);
  });
});
