import type { JobFilter } from './job-store.js';
import { complete, create, report, type StoreUnderTest } from './store-probe.suite.js';

const ANN = { userId: 'ann' };

/** Lists: filters and pages. */
export function describeListing(store: StoreUnderTest): void {
  const idsOf = async (filter: Partial<JobFilter>) => {
    const { jobs } = await store().list({ scope: ANN, limit: 50, ...filter });
    return jobs.map(({ id }) => id);
  };

  it('lists the newest created first, of one user or of all', async () => {
    await store().apply([create('a'), create('b', { userId: 'bob' }), create('c')]);
    await store().apply([report('a')]);
    expect(await idsOf({})).toEqual(['c', 'a']);
    expect(await idsOf({ scope: { userId: 'bob' } })).toEqual(['b']);
    expect(await idsOf({ scope: 'all' })).toEqual(['c', 'b', 'a']);
    expect(await idsOf({ scope: { userId: 'nobody' } })).toEqual([]);
  });

  it('filters by statuses, type and tag, and by all of them together', async () => {
    await store().apply([
      create('a', { jobType: 'pdf-notes', tags: ['red', 'green'] }),
      create('b', { jobType: 'pdf-notes', tags: ['green'] }),
      create('c', { tags: ['red'] }),
      create('d', { userId: 'bob', tags: ['red'] }),
      report('b'),
      complete('c'),
    ]);
    expect(await idsOf({ status: ['queued'] })).toEqual(['a']);
    expect(await idsOf({ status: ['completed', 'processing'] })).toEqual(['c', 'b']);
    expect(await idsOf({ status: [] })).toEqual([]);
    expect(await idsOf({ type: 'pdf-notes' })).toEqual(['b', 'a']);
    expect(await idsOf({ tag: 'red' })).toEqual(['c', 'a']);
    expect(await idsOf({ scope: 'all', tag: 'red' })).toEqual(['d', 'c', 'a']);
    expect(await idsOf({ tag: 'gree' })).toEqual([]);
    expect(await idsOf({ tag: 'green', type: 'pdf-notes', status: ['processing', 'queued'], text: 'b' })).toEqual(['b']);
  });

  it('finds text in id or title, whatever its case, and takes every character for itself', async () => {
    await store().apply([
      create('invoice-7', { title: 'Überweisung 100%' }),
      create('b', { title: 'Invoice_8' }),
      create('c', { title: 'back\\slash' }),
    ]);
    expect(await idsOf({ text: 'INVOICE' })).toEqual(['b', 'invoice-7']);
    expect(await idsOf({ text: 'üBERweis' })).toEqual(['invoice-7']);
    expect(await idsOf({ text: '%' })).toEqual(['invoice-7']);
    expect(await idsOf({ text: '_' })).toEqual(['b']);
    expect(await idsOf({ text: '\\' })).toEqual(['c']);
    expect(await idsOf({ text: '' })).toEqual(['c', 'b', 'invoice-7']);
    expect(await idsOf({ text: 'nothing of the kind' })).toEqual([]);
    await store().apply([{ kind: 'edited', id: 'c', title: 'Found anew' }]);
    expect(await idsOf({ text: 'ANEW' })).toEqual(['c']);
  });

  it('pages through a list that changes without losing or repeating what stays', async () => {
    const ids = Array.from({ length: 25 }, (_, index) => `job-${index}`);
    await store().apply(ids.map((id) => create(id)));
    const seen: string[] = [];
    let page: string | null | undefined;
    for (let round = 0; page !== null; round++) {
      const { jobs, nextPage } = await store().list({ scope: ANN, limit: 4, ...(page === undefined ? {} : { page }) });
      expect(jobs.length).toBeLessThanOrEqual(4);
      seen.push(...jobs.map(({ id }) => id));
      const last = jobs.at(-1)?.id ?? '';
      await store().apply([create(`new-${round}`), report('job-0'), { kind: 'cancelled', id: last }, { kind: 'removed', id: last }]);
      page = nextPage;
    }
    expect(seen).toEqual([...ids].reverse());
  });

  it('ends with a page that says so', async () => {
    await store().apply([create('a'), create('b')]);
    expect(await store().list({ scope: ANN, limit: 2 })).toMatchObject({ nextPage: null });
    expect(await store().list({ scope: ANN, limit: 1 })).toMatchObject({ jobs: [{ id: 'b' }], nextPage: expect.any(String) });
    expect(await store().list({ scope: { userId: 'nobody' }, limit: 1 })).toMatchObject({ jobs: [], nextPage: null });
  });

  it.each([
    ['nothing', ''],
    ['words', 'not a page'],
    ['a negative number', '-1'],
    ['an exponent', '1e3'],
    ['a hexadecimal', '0x10'],
    ['SQL', "1' OR '1"],
    ['400 digits', '9'.repeat(400)],
  ])('refuses %s for a page', async (_, page) => {
    await expect(store().list({ scope: ANN, limit: 5, page })).rejects.toMatchObject({ code: 'page-invalid' });
  });

  it('keeps to its scope on a page that was made for another', async () => {
    await store().apply([create('a', { userId: 'bob' }), create('b', { userId: 'bob' }), create('c', { userId: 'bob' })]);
    const { nextPage } = await store().list({ scope: { userId: 'bob' }, limit: 1 });
    expect(await store().list({ scope: ANN, limit: 5, page: nextPage ?? '' })).toMatchObject({ jobs: [] });
  });
}
