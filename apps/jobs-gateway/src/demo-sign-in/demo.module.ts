import { Module, type DynamicModule } from '@nestjs/common';
import { JwtModule, JwtService } from '@nestjs/jwt';
import { TestClientController } from '../test-client/test-client.controller.js';
import { DemoSessions } from './demo-sessions.js';
import { DemoSignInController } from './demo-sign-in.controller.js';

/** What the demo needs to make tokens. */
export interface DemoOptions {
  readonly secret: string;
  readonly issuer?: string;
  readonly audience?: string;
  /** How long a token is good for. Default 3600. */
  readonly lifetimeSeconds?: number;
}

/** Everything that only a demo may have: signing in without a password, and the test client. */
@Module({})
export class DemoModule {
  static forRoot({ secret, issuer, audience, lifetimeSeconds = 3600 }: DemoOptions): DynamicModule {
    const sessions = {
      provide: DemoSessions,
      inject: [JwtService],
      useFactory: (tokens: JwtService) => new DemoSessions(tokens, lifetimeSeconds),
    };
    return {
      module: DemoModule,
      imports: [
        JwtModule.register({
          secret,
          signOptions: { ...(issuer !== undefined && { issuer }), ...(audience !== undefined && { audience }) },
        }),
      ],
      controllers: [DemoSignInController, TestClientController],
      providers: [sessions],
    };
  }
}
