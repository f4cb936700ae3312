import { NavigationEnd } from '@angular/router';
import { aJob } from '@harmonia/data-access/testing';
import { TestBed } from '@angular/core/testing';
import { Announcer } from '@harmonia/ui';
import { filter, firstValueFrom } from 'rxjs';
import { aListPage } from './job-list.fixture';

const JOBS = [
  aJob({ id: 'job-1', title: 'Report', status: 'failed', tags: ['finance'] }),
  aJob({ id: 'job-2', title: 'Summary', status: 'completed', jobType: 'pdf-notes' }),
  aJob({ id: 'job-3', title: 'Report again', status: 'cancelled' }),
];

/** The list of these three jobs, by an address. */
async function aFilteredPage(address?: string) {
  const listPage = await aListPage(address);
  await listPage.list(...JOBS);
  const { page, router, stable } = listPage;
  router.setUpLocationChangeListener();
  const travel = async (go: () => void) => {
    const arrived = firstValueFrom(router.events.pipe(filter((event) => event instanceof NavigationEnd)));
    go();
    await arrived;
    await stable();
  };
  const enter = async (field: HTMLInputElement | HTMLSelectElement | null, value: string) => {
    if (field) field.value = value;
    field?.dispatchEvent(new Event(field.tagName === 'INPUT' ? 'input' : 'change'));
    await stable();
  };
  return {
    ...listPage,
    url: () => router.url,
    back: () => travel(() => listPage.location.back()),
    forward: () => travel(() => listPage.location.forward()),
    press: async (name: string) => {
      listPage.button(name)?.click();
      await stable();
    },
    write: (text: string) => enter(page.querySelector<HTMLInputElement>('input[type=search]'), text),
    choose: (index: number, value: string) => enter(page.querySelectorAll('select').item(index), value),
    options: () => [...page.querySelectorAll('select')].map((select) => [select.value, ...[...select.options].map(({ text }) => text)]),
  };
}

describe('JobFilters', () => {
  it('shows what the address asks for, several statuses too', async () => {
    const { names, page, options } = await aFilteredPage('/?status=failed&status=cancelled&status=strange&text=REPORT&type=simulate');
    expect(names()).toEqual(['Report', 'Report again']);
    expect(page.querySelector<HTMLInputElement>('input[type=search]')?.value).toBe('REPORT');
    expect([...page.querySelectorAll('[aria-pressed=true]')].map(({ textContent }) => textContent?.trim())).toEqual([
      'Failed 1',
      'Cancelled 1',
    ]);
    expect(options()).toEqual([
      ['simulate', 'Any', 'pdf-notes', 'simulate'],
      ['', 'Any', 'finance'],
    ]);
  });

  it('puts statuses into the address one by one, and takes them out again', async () => {
    const { press, url, names } = await aFilteredPage();
    await press('Failed');
    await press('Completed');
    expect([url(), names()]).toEqual(['/?status=failed&status=completed', ['Report', 'Summary']]);
    await press('Failed');
    expect([url(), names()]).toEqual(['/?status=completed', ['Summary']]);
  });

  it('follows the way back and forward', async () => {
    const { press, back, forward, names } = await aFilteredPage();
    await press('Completed');
    await back();
    expect(names()).toHaveLength(3);
    await forward();
    expect(names()).toEqual(['Summary']);
  });

  it('is as long as it was when somebody comes back to the list', async () => {
    const { tell, press, back, rows } = await aFilteredPage();
    await tell(...Array.from({ length: 250 }, (_, index) => aJob({ id: `more-${index}` })));
    await press('Show more');
    expect(rows()).toHaveLength(200);
    await press('Queued');
    expect(rows()).toHaveLength(100);
    await back();
    expect(rows()).toHaveLength(200);
  });

  it('keeps typed words as one step of the history', async () => {
    const { press, write, url, back, names } = await aFilteredPage();
    await press('Failed');
    await write('rep');
    await write('report a');
    expect([url(), names()]).toEqual(['/?status=failed&text=report%20a', []]);
    await back();
    expect(url()).toBe('/?status=failed');
  });

  it('narrows by type and by tag', async () => {
    const { choose, url, names } = await aFilteredPage();
    await choose(0, 'pdf-notes');
    expect([url(), names()]).toEqual(['/?type=pdf-notes', ['Summary']]);
    await choose(0, '');
    await choose(1, 'finance');
    expect([url(), names()]).toEqual(['/?tag=finance', ['Report']]);
  });

  it('counts each status among the jobs that pass the rest, live', async () => {
    const { chips, tell } = await aFilteredPage('/?text=report&status=failed');
    expect(chips()).toEqual(['Queued 0', 'Running 0', 'Completed 0', 'Failed 1', 'Cancelled 1']);
    await tell(aJob({ id: 'job-4', title: 'Report four', status: 'failed' }));
    expect(chips()).toContain('Failed 2');
  });

  it('mentions to screen readers how many jobs are shown, when that was asked for', async () => {
    const { press, tell } = await aFilteredPage();
    const said: string[] = [];
    TestBed.inject(Announcer).mention = (_, sentence) => said.push(sentence);
    await tell(aJob({ id: 'job-4', title: 'Report four', status: 'failed' }));
    await press('Failed');
    expect(said).toEqual(['2 of 4 jobs']);
  });

  it('offers what the address names even where no job has it', async () => {
    const { options } = await aFilteredPage('/?type=gone&tag=lost');
    expect(options().map(([chosen]) => chosen)).toEqual(['gone', 'lost']);
  });

  it('says when nothing matches, and clears the filters', async () => {
    const { page, press, url, names } = await aFilteredPage('/?text=nothing%20like%20this&status=failed');
    expect(page.querySelector('h2')?.textContent).toBe('No job matches');
    await press('Clear filters');
    expect([url(), names().length]).toEqual(['/', 3]);
  });
});
