import { LiveAnnouncer } from '@angular/cdk/a11y';
import { TestBed } from '@angular/core/testing';
import { Announcer } from './announcer';

describe('Announcer', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  /** The announcer, and what the region was given by it. */
  function setUp() {
    const said: unknown[] = [];
    TestBed.inject(LiveAnnouncer).announce = (message, how?: unknown) => {
      said.push(how === 'polite' ? message : [message, how]);
      return Promise.resolve();
    };
    return { announcer: TestBed.inject(Announcer), said };
  }

  it('tells at once, and gathers what comes within a second', () => {
    const { announcer, said } = setUp();
    announcer.tell('One has completed');
    expect(said).toEqual(['One has completed']);
    announcer.tell('Two has failed');
    announcer.tell('Three has completed');
    jest.advanceTimersByTime(999);
    expect(said).toHaveLength(1);
    jest.advanceTimersByTime(1);
    expect(said[1]).toBe('Two has failed. Three has completed');
  });

  it('does not recite more than three at once', () => {
    const { announcer, said } = setUp();
    for (const name of 'ABCDEF') announcer.tell(`${name} has completed`);
    jest.advanceTimersByTime(1_000);
    expect(said[1]).toBe('B has completed. C has completed. D has completed. And 2 more.');
  });

  it('mentions at most every five seconds, of each topic the newest', () => {
    const { announcer, said } = setUp();
    for (let percent = 0; percent < 98; percent++) {
      announcer.mention('report', `Report: ${percent} %`);
      jest.advanceTimersByTime(100);
    }
    announcer.mention('summary', 'Summary: 10 %');
    jest.advanceTimersByTime(60_000);
    expect(said).toEqual(['Report: 0 %', 'Report: 49 %', 'Report: 97 %. Summary: 10 %']);
  });

  it('tells an end before what was only mentioned, which goes on waiting', () => {
    const { announcer, said } = setUp();
    announcer.mention('report', 'Report: 10 %');
    announcer.mention('report', 'Report: 20 %');
    announcer.mention('summary', 'Summary: 50 %');
    announcer.drop('report');
    announcer.tell('Report has completed');
    jest.advanceTimersByTime(1_000);
    expect(said.slice(1)).toEqual(['Report has completed']);
    jest.advanceTimersByTime(5_000);
    expect(said.slice(2)).toEqual(['Summary: 50 %']);
  });

  it('says nothing of what was dropped meanwhile', () => {
    const { announcer, said } = setUp();
    announcer.mention('report', 'Report: 10 %');
    announcer.mention('report', 'Report: 20 %');
    announcer.drop('report');
    jest.advanceTimersByTime(60_000);
    expect(said).toEqual(['Report: 10 %']);
  });

  it('takes everything back', () => {
    const { announcer, said } = setUp();
    announcer.tell('Report has completed');
    announcer.tell('Summary has completed');
    announcer.mention('third', 'Third: 50 %');
    announcer.clear();
    jest.advanceTimersByTime(60_000);
    expect(said).toEqual(['Report has completed', '']);
  });
});
