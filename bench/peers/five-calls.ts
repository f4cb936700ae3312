import { Redis } from 'ioredis';
import { INPUT, messageOf, RESULT, TOTAL, type Report } from '../redis/report-stream.ts';

const HISTORY_LINES = 100;
const HISTORY_SECONDS = 24 * 60 * 60;

/** State, history, its length, its life, and the news: each change is five calls of Redis, awaited one after the other. */
export class FiveCalls {
  private readonly redis: Redis;

  constructor(url: string) {
    this.redis = new Redis(url);
  }

  async commit(report: Report): Promise<void> {
    const { id } = report;
    const state = stateOf(report);
    const line = JSON.stringify({ id, ...state });
    await this.redis.hset(`job:${id}`, state);
    await this.redis.lpush(`job-history:${id}`, line);
    await this.redis.ltrim(`job-history:${id}`, 0, HISTORY_LINES - 1);
    await this.redis.expire(`job-history:${id}`, HISTORY_SECONDS);
    await this.redis.publish('jobs', line);
  }

  /** Status and progress, and how often its end was told. */
  async standing(id: string): Promise<{ status: string; current: number; ends: number }> {
    const { status = '', progress = '{}' } = await this.redis.hgetall(`job:${id}`);
    const lines = await this.redis.lrange(`job-history:${id}`, 0, -1);
    const { current } = JSON.parse(progress) as { current: number };
    return { status, current, ends: lines.filter((line) => line.includes('"status":"completed"')).length };
  }

  close(): void {
    this.redis.disconnect();
  }
}

function stateOf({ kind, userId, current }: Report): Record<string, string> {
  const updatedAt = new Date().toISOString();
  const progress = JSON.stringify({ current, total: TOTAL, percentage: Math.floor((100 * current) / TOTAL), message: messageOf(current) });
  if (kind === 'created') {
    const body = { userId, jobType: 'pdf-notes', title: 'Invoices of May', tags: '["invoices"]', input: JSON.stringify(INPUT) };
    return { ...body, status: 'queued', progress, updatedAt };
  }
  if (kind === 'completed') return { status: 'completed', progress, updatedAt, result: JSON.stringify(RESULT) };
  return { status: 'processing', progress, updatedAt };
}
