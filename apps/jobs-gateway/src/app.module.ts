import { HarmoniaGatewayModule, type JwtSessionOptions } from '@harmonia/gateway';
import { Module, type DynamicModule } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { DemoModule } from './demo-sign-in/demo.module.js';
import type { Foundation } from './foundation.js';
import { HealthController } from './health/health.controller.js';
import { DATA_DIR } from './health/data-dir.js';
import { Drain, DRAIN_MS } from './health/drain.js';
import { JobsModule } from './jobs.module.js';
import { ConnectionLog } from './logs/connection-log.js';
import { METRICS_ADDRESS, MetricsServer } from './metrics/metrics-server.js';

/** The server: the jobs of this application, the gateway that tells of them, health, and the demo when it is asked for. */
@Module({})
export class AppModule {
  /**
   * @param jwt who signs the session tokens
   * @param further modules, before all others
   */
  static forRoot(foundation: Foundation, jwt: JwtSessionOptions, further: readonly DynamicModule[] = []): DynamicModule {
    const {
      corsOrigins: origins,
      dataDir,
      demoAuth,
      drainMs,
      limits,
      maxUploadBytes,
      metrics,
      redis,
      shareSecret,
      websocketEnabled: sockets,
    } = foundation.config;
    const nodes = redis ? { redis: redis.url, prefix: redis.prefix } : undefined;
    return {
      module: AppModule,
      imports: [
        ...further,
        JobsModule.forRoot(foundation),
        HarmoniaGatewayModule.forRoot({
          ...{ jwt, origins, maxUploadBytes, limits, sockets },
          ...(shareSecret !== null && { shareSecret }),
          ...(nodes && { nodes }),
        }),
        TerminusModule.forRoot({ errorLogStyle: 'pretty' }),
        ...(demoAuth && jwt.secret !== undefined ? [DemoModule.forRoot(jwt)] : []),
      ],
      controllers: [HealthController],
      providers: [
        { provide: DATA_DIR, useValue: dataDir },
        { provide: DRAIN_MS, useValue: drainMs },
        { provide: METRICS_ADDRESS, useValue: metrics },
        ConnectionLog,
        Drain,
        MetricsServer,
      ],
    };
  }
}
