import { Test } from '@nestjs/testing';
import { HarmoniaGatewayModule } from './gateway.module.js';

describe('HarmoniaGatewayModule', () => {
  it('can be imported by a Nest app', async () => {
    const testing = await Test.createTestingModule({ imports: [HarmoniaGatewayModule] }).compile();
    expect(testing.get(HarmoniaGatewayModule)).toBeInstanceOf(HarmoniaGatewayModule);
  });
});
