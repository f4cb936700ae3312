import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { JobsApp } from './jobs-app.fixture.js';

describe('the OpenAPI page', () => {
  let app: JobsApp;
  let document: OpenAPIObject;
  beforeAll(async () => {
    app = await JobsApp.start({ prepare: (host) => host.setGlobalPrefix('host') });
    document = SwaggerModule.createDocument(app.app, new DocumentBuilder().addBearerAuth().build());
  });
  afterAll(() => app.stop());
  const operations = () =>
    Object.entries(document.paths).flatMap(([path, methods]) => Object.entries(methods).map((entry) => [path, ...entry]));

  it('names every route', () => {
    expect(operations().map(([path, method, { operationId }]) => `${operationId}: ${method} ${path}`)).toEqual([
      'createJob: post /host/api/jobs',
      'listJobs: get /host/api/jobs',
      'readJob: get /host/api/jobs/{id}',
      'removeJob: delete /host/api/jobs/{id}',
      'readHistory: get /host/api/jobs/{id}/history',
      'cancelJob: post /host/api/jobs/{id}/cancel',
      'retryJob: post /host/api/jobs/{id}/retry',
      'syncJobs: post /host/api/jobs/sync',
      'createTicket: post /host/api/jobs/{id}/result/ticket',
      'downloadResult: get /host/api/jobs/{id}/result',
      'reportJob: post /host/api/jobs/{id}/reports',
      'shareJob: post /host/api/jobs/{id}/share',
      'readPresence: get /host/api/presence',
      'notifyUser: post /host/api/users/{id}/notifications',
      'endSessions: delete /host/api/users/{id}/sessions',
      'signOut: delete /host/api/session',
      'announce: post /host/api/announcements',
      'readAudit: get /host/api/audit',
      'readStats: get /host/api/v1/websocket/stats',
      'listConnections: get /host/api/v1/websocket/connections',
    ]);
  });

  it('says how to create a job, as JSON and as a form with a file', () => {
    const content = document.paths['/host/api/jobs']?.post?.requestBody;
    expect(content).toMatchObject({
      content: {
        'application/json': { schema: { required: ['jobType'], properties: { input: {}, tags: { type: 'array' } } } },
        'multipart/form-data': { schema: { required: ['jobType', 'file'], properties: { file: { type: 'string', format: 'binary' } } } },
      },
    });
  });

  it('takes queries and answers from the schemas of the contract', () => {
    const list = document.paths['/host/api/jobs']?.get;
    expect(list?.parameters?.map((parameter) => 'name' in parameter && parameter.name)).toEqual(
      expect.arrayContaining(['status', 'type', 'tag', 'text', 'scope', 'limit', 'page']),
    );
    expect(list?.responses['200']).toMatchObject({
      content: { 'application/json': { schema: { required: ['jobs', 'nextPage'], properties: { jobs: { type: 'array' } } } } },
    });
  });

  it('names for every route the refusals of each status', () => {
    for (const [, , { responses, security }] of operations()) {
      expect(responses['401'].description).toContain('`token-expired`: ');
      expect(responses['401'].content['application/json'].schema.properties.error.required).toEqual(['code', 'message']);
      expect(security).toEqual([{ bearer: [] }]);
    }
    const remove = document.paths['/host/api/jobs/{id}']?.delete;
    expect(Object.keys(remove?.responses ?? {})).toEqual(['204', '400', '401', '404', '409', '500', '503']);
  });
});
