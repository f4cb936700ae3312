import { listenedTo } from './announcer.fixture';

describe('Announcer', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('tells at once, and gathers what comes within a second', () => {
    const { announcer, said } = listenedTo();
    announcer.tell('One has completed');
    jest.advanceTimersByTime(100);
    expect(said).toEqual(['One has completed']);
    announcer.tell('Two has failed');
    announcer.tell('Three has completed');
    jest.advanceTimersByTime(900);
    expect(said).toHaveLength(1);
    jest.advanceTimersByTime(100);
    expect(said[1]).toBe('Two has failed. Three has completed');
  });

  it('does not recite more than three at once', () => {
    const { announcer, said } = listenedTo();
    for (const name of 'ABCDEF') announcer.tell(`${name} has completed`);
    jest.advanceTimersByTime(1_100);
    expect(said[1]).toBe('B has completed. C has completed. D has completed. And 2 more.');
  });

  it('mentions at most every five seconds, of each topic the newest', () => {
    const { announcer, said } = listenedTo();
    for (let percent = 0; percent < 98; percent++) {
      announcer.mention('report', `Report: ${percent} %`);
      jest.advanceTimersByTime(100);
    }
    announcer.mention('summary', 'Summary: 10 %');
    jest.advanceTimersByTime(60_000);
    expect(said).toEqual(['Report: 0 %', 'Report: 49 %', 'Report: 97 %. Summary: 10 %']);
  });

  it('tells an end before what was only mentioned, which goes on waiting', () => {
    const { announcer, said } = listenedTo();
    announcer.mention('report', 'Report: 10 %');
    announcer.mention('report', 'Report: 20 %');
    announcer.mention('summary', 'Summary: 50 %');
    announcer.drop('report');
    announcer.tell('Report has completed');
    jest.advanceTimersByTime(1_100);
    expect(said.slice(1)).toEqual(['Report has completed']);
    jest.advanceTimersByTime(5_000);
    expect(said.slice(2)).toEqual(['Summary: 50 %']);
  });

  it('says nothing of what was dropped meanwhile', () => {
    const { announcer, said } = listenedTo();
    announcer.mention('report', 'Report: 10 %');
    announcer.mention('report', 'Report: 20 %');
    announcer.drop('report');
    jest.advanceTimersByTime(60_000);
    expect(said).toEqual(['Report: 10 %']);
  });

  it('says the same words again as a change', () => {
    const { announcer, said, region } = listenedTo();
    announcer.tell('Report has failed');
    jest.advanceTimersByTime(2_000);
    announcer.tell('Report has failed');
    expect(region?.textContent).toBe('');
    jest.advanceTimersByTime(100);
    expect(said).toEqual(['Report has failed', 'Report has failed']);
  });

  it('takes everything back', () => {
    const { announcer, said, region } = listenedTo();
    announcer.tell('Report has completed');
    jest.advanceTimersByTime(100);
    announcer.tell('Summary has completed');
    announcer.mention('third', 'Third: 50 %');
    announcer.clear();
    expect(region?.textContent).toBe('');
    jest.advanceTimersByTime(60_000);
    expect(said).toEqual(['Report has completed']);
  });
});
