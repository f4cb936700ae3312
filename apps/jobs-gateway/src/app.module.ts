import { Controller, Get, Module } from '@nestjs/common';
import { HarmoniaGatewayModule } from '@harmonia/gateway';

@Controller('health')
class HealthController {
  @Get('ready')
  ready(): { status: 'ok' } {
    return { status: 'ok' };
  }
}

@Module({ imports: [HarmoniaGatewayModule], controllers: [HealthController] })
export class AppModule {}
