import { useHarmoniaSockets } from '@harmonia/gateway';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { AppModule } from './app.module.js';
import { StartError, type Config } from './config.js';
import { demoSecret } from './demo-sign-in/demo-secret.js';
import { foundationOf } from './foundation.js';
import { PatientExpress } from './http/patient-server.js';
import { addSecurityHeaders } from './http/security-headers.js';
import { portError, requireFreePort } from './port.js';

/**
 * Starts the server and answers once it listens. Closing it puts running jobs back into the queue.
 *
 * @param imports further modules of the application, as those of its log
 * @throws StartError when the port or the data directory cannot be had; nothing is left open then
 * @example const app = await startServer(readConfig({ DEMO_AUTH: 'true', PORT: '0' })); await app.close();
 */
export async function startServer(config: Config, imports: readonly DynamicModule[] = []): Promise<NestExpressApplication> {
  await requireFreePort(config);
  const foundation = await foundationOf(config);
  const { jwt } = config;
  const signed = jwt.secret === null ? { ...jwt, secret: await demoSecret(config.dataDir) } : jwt;
  const module = AppModule.forRoot(foundation, signed, imports);
  const app = await NestFactory.create<NestExpressApplication>(module, new PatientExpress(), { abortOnError: false });
  try {
    outfit(app, config);
    await app.listen(config.port, config.host);
  } catch (error) {
    await app.close();
    throw error instanceof StartError ? error : portError(error, config);
  }
  return app;
}

function outfit(app: NestExpressApplication, { corsOrigins, trustProxy }: Config): void {
  app.disable('x-powered-by');
  app.set('trust proxy', trustProxy);
  addSecurityHeaders(app);
  app.enableCors({ origin: [...corsOrigins], maxAge: 600 });
  app.enableShutdownHooks(['SIGINT', 'SIGTERM'], { useProcessExit: true });
  useHarmoniaSockets(app);
  const page = new DocumentBuilder().setTitle('Harmonia').setDescription('Background jobs and their progress.').addBearerAuth().build();
  SwaggerModule.setup('api/docs', app, () => SwaggerModule.createDocument(app, page));
}
