import type { FramedJob } from './job-frame.js';
import type { JobStatus } from './job-status.js';
import { percentageOf } from './percentage.js';
import { isShortId, longId } from './short-id.js';

const STATUSES = new Map<string | undefined, JobStatus>([
  ['q', 'queued'],
  ['p', 'processing'],
  ['c', 'completed'],
  ['f', 'failed'],
  ['x', 'cancelled'],
]);

const ID = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/;
const AGE = /^-?\d{1,15}$/;
const AMOUNT = /^\d[\d.e+-]{0,30}$/;

/** The years that an ISO timestamp writes in four digits, in milliseconds since 1970. */
const [FIRST_MS, LAST_MS] = [Date.parse('0000-01-01T00:00:00.000Z'), Date.parse('9999-12-31T23:59:59.999Z')];

/** Reads a frame that is told at this time, word by word; NaN and null stand for what is not in order. */
export class FrameReader {
  /** Where the next word begins, and where its line ends. */
  private place = 0;
  private end = 0;
  /** Many jobs of one frame changed in the same millisecond. */
  private readonly times = new Map<string, string | null>();

  constructor(
    private readonly text: string,
    private readonly at: number,
  ) {}

  /** The jobs of all lines; null when one of them is not in order. */
  jobs(): readonly FramedJob[] | null {
    const jobs: FramedJob[] = [];
    for (this.place = 0; this.place <= this.text.length; this.place = this.end + 1) {
      this.end = indexOf(this.text, '\n', this.place, this.text.length);
      const job = this.job();
      if (!job) return null;
      jobs.push(job);
    }
    return jobs;
  }

  private job(): FramedJob | null {
    const id = idIn(this.word());
    const version = counterIn(this.word());
    const state = this.word();
    const status = STATUSES.get(state[0]);
    const [attempt, bodyVersion] = state.length === 1 ? USUAL : turnIn(state);
    const updatedAt = this.timeIn(this.word());
    const progress = this.isOver ? null : progressIn(this.word(), this.isOver ? '' : this.rest());
    if (id === null || !status || updatedAt === null || progress === undefined) return null;
    if (!(version > 0 && attempt > 0 && bodyVersion > 0)) return null;
    return { id, status, progress, attempt, version, bodyVersion, updatedAt };
  }

  /** Nothing of the line is left. */
  private get isOver(): boolean {
    return this.place > this.end;
  }

  private word(): string {
    const { place } = this;
    const end = indexOf(this.text, ' ', place, this.end);
    this.place = end + 1;
    return this.text.slice(place, end);
  }

  /** What is left of the line; null when that is nothing, after a space. */
  private rest(): string | null {
    return this.text.slice(this.place, this.end) || null;
  }

  private timeIn(age: string): string | null {
    const known = this.times.get(age);
    if (known !== undefined) return known;
    const time = AGE.test(age) ? this.at - Number(age) : NaN;
    const told = time >= FIRST_MS && time <= LAST_MS ? new Date(time).toISOString() : null;
    this.times.set(age, told);
    return told;
  }
}

const USUAL = [1, 1] as const;

function indexOf(text: string, sign: string, from: number, end: number): number {
  const found = text.indexOf(sign, from);
  return found < 0 || found > end ? end : found;
}

function idIn(word: string): string | null {
  if (isShortId(word)) return longId(word);
  return ID.test(word) && !(word in Object.prototype) ? word : null;
}

/** Attempt and version of the body, each left out when it is 1. */
function turnIn(state: string): readonly [number, number] {
  const dot = indexOf(state, '.', 1, state.length);
  return [dot === 1 ? 1 : counterIn(state.slice(1, dot)), dot === state.length ? 1 : counterIn(state.slice(dot + 1))];
}

const ZERO = 48;

/** A whole number from 1 as digits alone: read by hand, since that is many times as fast. */
function counterIn(word: string): number {
  if (word.length === 0 || word.length > 16 || word.charCodeAt(0) === ZERO) return NaN;
  let number = 0;
  for (let place = 0; place < word.length; place++) {
    const digit = word.charCodeAt(place) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return NaN;
    number = 10 * number + digit;
  }
  return number <= Number.MAX_SAFE_INTEGER ? number : NaN;
}

/** A number as JSON writes it: mostly a whole one. */
function amountIn(word: string): number {
  const whole = counterIn(word);
  if (whole > 0) return whole;
  const amount = AMOUNT.test(word) ? Number(word) : NaN;
  return amount <= Number.MAX_SAFE_INTEGER ? amount : NaN;
}

/** Undefined when it is not in order. */
function progressIn(word: string, text: string | null): FramedJob['progress'] | undefined {
  const percent = indexOf(word, '%', 0, word.length);
  const slash = indexOf(word, '/', 0, percent);
  const current = amountIn(word.slice(0, slash));
  const total = slash === percent ? null : amountIn(word.slice(slash + 1, percent));
  const percentage = percent === word.length ? percentageOf(current, total) : percentIn(word.slice(percent + 1));
  const message = text === null ? null : unescaped(text);
  if (!(current >= 0) || !(total === null || total >= 0) || !(percentage <= 100) || message === null) return undefined;
  return { current, total, percentage, message };
}

const percentIn = (word: string): number => (/^\d{1,3}$/.test(word) ? Number(word) : NaN);

function unescaped(text: string): string | null {
  if (!text.includes('\\')) return text;
  return /^(?:[^\\]|\\[\\n])*$/.test(text) ? text.replace(/\\([\\n])/g, (_, sign) => (sign === 'n' ? '\n' : '\\')) : null;
}
