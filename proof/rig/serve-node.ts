import { useHarmoniaSockets } from '@harmonia/gateway';
import { Controller, Get, Module, type ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

@Controller('health')
class Health {
  @Get('ready')
  ready() {
    return { status: 'ok' };
  }
}

@Module({ controllers: [Health] })
class NodeModule {}

/** Serves an application of these modules at PORT until SIGTERM: what every node program of the proofs ends with. */
export async function serveNode(...imports: NonNullable<ModuleMetadata['imports']>): Promise<void> {
  const app = await NestFactory.create({ module: NodeModule, imports }, { logger: ['error', 'warn'] });
  app.enableShutdownHooks(['SIGTERM'], { useProcessExit: true });
  useHarmoniaSockets(app);
  await app.listen(Number(process.env['PORT'] ?? '0'), '127.0.0.1');
}
