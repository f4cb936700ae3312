import type { Job, RefusalCode } from '@harmonia/contract';
import { JobsApp, refusal, type Answer, type Role } from './jobs-app.fixture.js';

describe('the list of jobs', () => {
  let app: JobsApp;
  const create = (json: object, as: Role = 'ann') => app.call('POST', '/api/jobs', { as, json: { jobType: 'simulate', ...json } });
  beforeEach(async () => {
    app = await JobsApp.start();
    await create({ id: 'n1', tags: ['urgent'], title: 'Invoices of May' });
    await create({ id: 'n2', jobType: 'pdf-notes', tags: ['urgent', 'x'] });
    await create({ id: 'n3' });
    await create({ id: 'n4' });
    await create({ id: 'n5' });
    await create({ id: 'b1', tags: ['urgent'] }, 'ben');
    await app.publisher.completed('n3');
    await app.publisher.failed('n4', 'It broke.');
  });
  afterEach(() => app.stop());
  const ids = async (query: string, as: Role = 'ann') =>
    (await app.call('GET', `/api/jobs${query}`, { as })).body.jobs.map((job: Job) => job.id);

  it.each([
    ['', ['n5', 'n4', 'n3', 'n2', 'n1']],
    ['?status=failed', ['n4']],
    ['?status=failed&status=completed', ['n4', 'n3']],
    ['?type=pdf-notes', ['n2']],
    ['?tag=urgent', ['n2', 'n1']],
    ['?text=INVOICE', ['n1']],
    ['?text=n5', ['n5']],
    ['?tag=urgent&type=simulate&status=queued', ['n1']],
    ['?limit=2', ['n5', 'n4']],
    ['?scope=user', ['n5', 'n4', 'n3', 'n2', 'n1']],
    ['?unknown=1', ['n5', 'n4', 'n3', 'n2', 'n1']],
  ])('lists %j of its own jobs, newest first', async (query, expected) => {
    expect(await ids(query)).toEqual(expected);
  });

  it('lists the jobs of all to admins alone', async () => {
    expect(await ids('?scope=all&tag=urgent', 'admin')).toEqual(['b1', 'n2', 'n1']);
    expect(refusal(await app.call('GET', '/api/jobs?scope=all'))).toBe('forbidden');
    expect(await ids('', 'admin')).toEqual([]);
  });

  it('pages through a list without losing or repeating a job', async () => {
    const seen: string[] = [];
    let page: string | null = '';
    while (page !== null) {
      const { body }: Answer = await app.call('GET', `/api/jobs?limit=2${page && `&page=${encodeURIComponent(page)}`}`);
      seen.push(...body.jobs.map((job: Job) => job.id));
      page = body.nextPage;
      await create({});
    }
    expect(seen).toEqual(['n5', 'n4', 'n3', 'n2', 'n1']);
  });

  it.each<[string, RefusalCode]>([
    ['?status=done', 'payload-invalid'],
    ['?limit=0', 'payload-invalid'],
    ['?limit=201', 'payload-invalid'],
    ['?limit=many', 'payload-invalid'],
    ['?scope=everyone', 'payload-invalid'],
    ['?type=a&type=b', 'payload-invalid'],
    ['?tag=', 'payload-invalid'],
    ['?page=garbage', 'page-invalid'],
  ])('refuses the query %j', async (query, code) => {
    expect(refusal(await app.call('GET', `/api/jobs${query}`))).toBe(code);
  });
});
