import { Module } from '@nestjs/common';

/** Tells connected clients about their jobs. */
@Module({})
export class HarmoniaGatewayModule {}
