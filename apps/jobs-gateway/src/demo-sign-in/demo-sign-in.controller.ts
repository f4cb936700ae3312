import { parseOrRefuse } from '@harmonia/contract';
import { Body, Controller, Get, Header, HttpCode, Post, UseFilters } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as v from 'valibot';
import { DemoSessions, type DemoSession } from './demo-sessions.js';
import { DEMO_USERS, type DemoUser } from './demo-users.js';
import { RefusalFilter } from './refusal.filter.js';

const ids = DEMO_USERS.map(({ id }) => id);
const SignInSchema = v.object({ user: v.picklist(ids, `Choose one of ${ids.join(', ')}.`) }, 'Send { "user": "ada" } as JSON.');

/** Sign in by a name alone; without DEMO_AUTH there is no such route. */
@ApiTags('demo')
@UseFilters(RefusalFilter)
@Controller('api/auth/demo')
export class DemoSignInController {
  constructor(private readonly sessions: DemoSessions) {}

  @Get()
  @ApiOperation({ summary: 'The demo users' })
  users(): { readonly users: readonly DemoUser[] } {
    return { users: DEMO_USERS };
  }

  @Post()
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'A token for a demo user' })
  @ApiBody({ schema: { type: 'object', required: ['user'], properties: { user: { type: 'string', enum: ids } } } })
  signIn(@Body() body: unknown): DemoSession {
    return this.sessions.open(parseOrRefuse(SignInSchema, body).user);
  }
}
