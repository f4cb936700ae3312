import { Test } from '@nestjs/testing';
import { HarmoniaGatewayModule } from './gateway.module.js';

describe('HarmoniaGatewayModule', () => {
  it('refuses a short secret when the app is made', async () => {
    const module = HarmoniaGatewayModule.forRoot({ jwt: { secret: 'short' }, sockets: false, http: false });
    await expect(Test.createTestingModule({ imports: [module] }).compile()).rejects.toThrow('shorter than 32 bytes');
  });
});
