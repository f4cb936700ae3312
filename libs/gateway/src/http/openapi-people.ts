import { AuditPageSchema, AuditQuerySchema, ConnectedUsersSchema, NewNotificationSchema, UserIdSchema } from '@harmonia/contract';
import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiParam, ApiQuery, ApiResponse } from '@nestjs/swagger';
import * as v from 'valibot';
import { about, answers, openApi, refuses } from './openapi.js';

const AnnouncedSchema = v.object({ id: v.string() });
const NotifiedSchema = v.object({ ...AnnouncedSchema.entries, reached: v.boolean() });

const told = ApiBody({ schema: openApi(NewNotificationSchema, 'input') });

const auditQueries = Object.entries(AuditQuerySchema.entries).map(([name, schema]) =>
  ApiQuery({ name, required: false, schema: openApi(schema, 'input') }),
);

const gone = (description: string) => ApiResponse({ status: 204, description });

/** What the OpenAPI page says of the routes about people. */
export const documentedPeople = {
  presence: applyDecorators(
    about('readPresence', 'Who is online, on all nodes', 'For those to whom the policy shows everybody, by default admins.'),
    answers(200, 'At most 1,000 users, and all of them counted.', ConnectedUsersSchema),
    refuses('forbidden'),
  ),
  notify: applyDecorators(
    about('notifyUser', 'Tell a user something', 'For admins and the scope users:notify. Repeated with the same id it is shown once.'),
    ApiParam({ name: 'id', schema: openApi(UserIdSchema, 'input') }),
    told,
    answers(202, 'Its id, and whether a connection of the user was there.', NotifiedSchema),
    refuses('payload-invalid', 'forbidden'),
  ),
  announce: applyDecorators(
    about('announce', 'Tell everybody something', 'For admins. Repeated with the same id it is shown once.'),
    told,
    answers(202, 'Its id.', AnnouncedSchema),
    refuses('payload-invalid', 'forbidden'),
  ),
  signOut: applyDecorators(
    about('signOut', 'Sign out', 'Ends the session that asks, on all nodes.'),
    gone('The session has ended.'),
    refuses('forbidden'),
  ),
  endSessions: applyDecorators(
    about('endSessions', 'End all sessions of a user', 'For admins, and for oneself.'),
    ApiParam({ name: 'id', schema: openApi(UserIdSchema, 'input') }),
    gone('They have ended.'),
    refuses('payload-invalid', 'forbidden'),
  ),
  audit: applyDecorators(
    about('readAudit', 'Who did what', 'For admins, newest first.'),
    ...auditQueries,
    answers(200, 'One page, and the cursor of the next.', AuditPageSchema),
    refuses('payload-invalid', 'page-invalid', 'forbidden'),
  ),
};
