import { entityOf } from './job-entity';
import { filteredJobs, type JobFilter } from './job-filter';
import { aJob } from './job.fixture';
import { receivedJob } from './received-job';

const jobs = [
  aJob({ id: 'a', status: 'failed', jobType: 'pdf-notes', tags: ['red'], title: 'Annual Report' }),
  aJob({ id: 'b', status: 'queued', tags: ['red', 'blue'], title: null }),
  aJob({ id: 'Report-c', status: 'completed', title: 'Other' }),
].map((job) => {
  const { state, body } = receivedJob(job);
  return entityOf(state, body);
});

describe('filteredJobs', () => {
  it.each<[JobFilter, string[]]>([
    [{ status: 'failed' }, ['a']],
    [{ status: ['failed', 'queued'] }, ['a', 'b']],
    [{ type: 'simulate' }, ['b', 'Report-c']],
    [{ tag: 'red' }, ['a', 'b']],
    [{ text: ' rePORT ' }, ['a', 'Report-c']],
    [{ tag: 'red', text: 'report', status: ['queued'] }, []],
  ])('lets through by %j the jobs %j', (filter, ids) => {
    expect(filteredJobs(jobs, filter).map(({ id }) => id)).toEqual(ids);
  });

  it.each<JobFilter>([{}, { status: [] }, { text: ' ' }])('leaves the list as it is where %j narrows nothing', (filter) => {
    expect(filteredJobs(jobs, filter)).toBe(jobs);
  });
});
