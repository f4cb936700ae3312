import {
  CreateJobSchema,
  EpochSchema,
  JobHistoryEntrySchema,
  JobIdSchema,
  JobListQuerySchema,
  JobPageSchema,
  JobReportSchema,
  JobSchema,
  JobShareSchema,
  JobsPollSchema,
  JobsSyncSchema,
  REFUSALS,
  RefusalSchema,
  ResultTicketSchema,
  ShareJobSchema,
  type RefusalCode,
} from '@harmonia/contract';
import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiParam, ApiQuery, ApiResponse, type ApiResponseSchemaHost } from '@nestjs/swagger';
import { toJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';
import { CreateJobFormSchema } from './create-request.js';

type OpenApiSchema = ApiResponseSchemaHost['schema'];

const OpenApiSchemaSchema = v.custom<OpenApiSchema>((schema) => typeof schema === 'object' && schema !== null);

/** The contract's own schema, in the words of OpenAPI: checks that have none, such as "printable", are left out. */
export function openApi(schema: v.GenericSchema, typeMode: 'input' | 'output'): OpenApiSchema {
  return v.parse(OpenApiSchemaSchema, toJsonSchema(schema, { target: 'openapi-3.0', errorMode: 'ignore', typeMode }));
}

const HistorySchema = v.object({ history: v.array(JobHistoryEntrySchema) });

const ReportAnswerSchema = v.object({
  epoch: EpochSchema,
  accepted: v.boolean(),
  reason: v.optional(v.picklist(['stale', 'latched'])),
  attempt: v.number(),
  sequence: v.number(),
  version: v.number(),
});

const FILE: OpenApiSchema = { type: 'string', format: 'binary' };
const refusalAnswer = openApi(v.object({ error: RefusalSchema }), 'output');

const ALWAYS: readonly RefusalCode[] = [
  'token-missing',
  'token-invalid',
  'token-expired',
  'session-ended',
  'unavailable',
  'internal-error',
];
const NAMED: readonly RefusalCode[] = ['payload-invalid', 'job-not-found'];

/** One response a status, which names every code that comes with it. */
export function refuses(...codes: readonly RefusalCode[]) {
  const all = [...ALWAYS, ...codes];
  const statuses = new Set(all.map((code) => REFUSALS[code].status));
  const describe = (status: number) =>
    all.filter((code) => REFUSALS[code].status === status).map((code) => `\`${code}\`: ${REFUSALS[code].cure}`);
  return applyDecorators(
    ...[...statuses].map((status) => ApiResponse({ status, description: describe(status).join('\n\n'), schema: refusalAnswer })),
  );
}

/** What a route answers when it does not refuse. */
export function answers(status: number, description: string, schema: v.GenericSchema) {
  return ApiResponse({ status, description, schema: openApi(schema, 'output') });
}

/** What a route is for. */
export function about(operationId: string, summary: string, description?: string) {
  return ApiOperation({ operationId, summary, description });
}

const named = ApiParam({ name: 'id', schema: openApi(JobIdSchema, 'input') });

const createForm = openApi(CreateJobFormSchema, 'input');

const createContent = {
  'application/json': { schema: openApi(CreateJobSchema, 'input') },
  'multipart/form-data': { schema: { ...createForm, properties: { ...createForm.properties, file: FILE }, required: ['jobType', 'file'] } },
};

const listQueries = Object.entries(JobListQuerySchema.entries).map(([name, schema]) =>
  ApiQuery({ name, required: false, schema: openApi(schema, 'input') }),
);

/** What the OpenAPI page says of each route, from the schemas that the routes themselves parse with. */
export const documented = {
  create: applyDecorators(
    about('createJob', 'Create a job', 'As JSON, or with a file as a form. Repeated with the same id it is the same job.'),
    ApiOperation({ requestBody: { required: true, content: createContent } }),
    answers(201, 'The job, and where it is found.', JobSchema),
    refuses(
      'payload-invalid',
      'payload-too-large',
      'job-type-unknown',
      'job-id-conflict',
      'file-missing',
      'file-empty',
      'file-too-large',
      'file-cut-off',
    ),
  ),
  list: applyDecorators(
    about('listJobs', 'List jobs, newest first'),
    ...listQueries,
    answers(200, 'A page of jobs; nextPage is null on the last.', JobPageSchema),
    refuses('payload-invalid', 'page-invalid', 'forbidden'),
  ),
  sync: applyDecorators(
    about('syncJobs', 'What changed since', 'For clients whose socket cannot get through: as `jobs:sync`, but nothing is watched.'),
    ApiBody({ schema: openApi(JobsSyncSchema, 'input') }),
    answers(200, 'What differs from what was declared, and whose session it is.', JobsPollSchema),
    refuses('payload-invalid', 'forbidden'),
  ),
  read: applyDecorators(about('readJob', 'Look at a job'), named, answers(200, 'The job.', JobSchema), refuses(...NAMED)),
  history: applyDecorators(
    about('readHistory', 'What became of a job', 'Every status change and the newest 100 progress changes, oldest first.'),
    named,
    answers(200, 'The history.', HistorySchema),
    refuses(...NAMED),
  ),
  cancel: applyDecorators(
    about('cancelJob', 'Cancel a job'),
    named,
    answers(200, 'The cancelled job.', JobSchema),
    refuses(...NAMED, 'status-conflict'),
  ),
  retry: applyDecorators(
    about('retryJob', 'Queue a failed or cancelled job again'),
    named,
    answers(200, 'The job with its new attempt.', JobSchema),
    refuses(...NAMED, 'status-conflict'),
  ),
  remove: applyDecorators(
    about('removeJob', 'Delete an ended job and its files'),
    named,
    ApiResponse({ status: 204, description: 'It is gone.' }),
    refuses(...NAMED, 'status-conflict'),
  ),
  result: applyDecorators(
    about('downloadResult', 'Download the result', 'The file that the job made, or its result as a JSON file.'),
    named,
    ApiQuery({ name: 'ticket', required: false, schema: { type: 'string' }, description: 'In place of a token.' }),
    ApiResponse({ status: 200, description: 'An attachment.', content: { '*/*': { schema: FILE } } }),
    refuses(...NAMED, 'result-missing', 'ticket-invalid'),
  ),
  ticket: applyDecorators(
    about('createTicket', 'Get a link for one download', 'It works once, for 60 seconds, without a token.'),
    named,
    answers(201, 'The link, relative to this server.', ResultTicketSchema),
    refuses(...NAMED, 'result-missing'),
  ),
  share: applyDecorators(
    about('shareJob', 'Get a token that shows this job', 'For whoever may read it. The token reads this one job, and nothing else.'),
    named,
    ApiBody({ schema: openApi(ShareJobSchema, 'input') }),
    answers(201, 'The token, and until when it works.', JobShareSchema),
    refuses(...NAMED, 'forbidden'),
  ),
  report: applyDecorators(
    about('reportJob', 'Report on a job of the type "external"', 'For workers elsewhere, with the scope jobs:report.'),
    named,
    ApiBody({ schema: openApi(JobReportSchema, 'input') }),
    answers(200, 'Whether it was accepted, and from where to go on.', ReportAnswerSchema),
    refuses('payload-invalid', 'forbidden', 'job-unknown', 'job-id-conflict'),
  ),
};
