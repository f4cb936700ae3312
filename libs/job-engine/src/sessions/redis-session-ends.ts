import * as v from 'valibot';
import type { RedisPartition } from '../store/redis-partition.js';
import { SESSION_END, SESSION_ENDS } from '../store/redis-session-scripts.js';
import type { SessionEnd, SessionEnds, SessionEndsReading } from './session-ends.js';

const ReadingSchema = v.tupleWithRest([v.number()], v.string());
const EndSchema = v.pipe(v.string(), v.parseJson(), v.tuple([v.string(), v.nullable(v.string()), v.number(), v.number()]));

/** Which sessions were ended, for many nodes. */
export class RedisSessionEnds implements SessionEnds {
  /** In which they were read last: numbers of another one may come again, for other ends [R7]. */
  private epoch = '';

  /** @param answer turns what goes wrong into what a store says of it */
  constructor(
    private readonly partition: Pick<RedisPartition, 'keys' | 'run' | 'epoch'>,
    private readonly answer: <Answer>(work: () => Promise<Answer>) => Promise<Answer>,
    private readonly now: () => number,
  ) {}

  add({ userId, sessionId, at, until }: SessionEnd): Promise<void> {
    return this.answer(async () => {
      const { sessionEnds, sessionEndsByTime } = this.partition.keys;
      await this.partition.run(
        SESSION_END,
        [sessionEnds, sessionEndsByTime],
        [this.now(), until, JSON.stringify([userId, sessionId, at, until])],
      );
    });
  }

  since(cursor: number): Promise<SessionEndsReading> {
    return this.answer(async () => {
      const { epoch, keys } = this.partition;
      const after = epoch === this.epoch ? cursor : 0;
      const [last, ...kept] = v.parse(ReadingSchema, await this.partition.run(SESSION_ENDS, [keys.sessionEnds], [after]));
      // not the one by now: what another server has answered meanwhile is read anew
      this.epoch = epoch;
      const ends = kept.map((text) => {
        const [userId, sessionId, at, until] = v.parse(EndSchema, text);
        return { userId, sessionId, at, until };
      });
      return { cursor: last, ends };
    });
  }
}
