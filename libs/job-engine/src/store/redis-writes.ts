/**
 * In this order they are made: what takes away comes before what puts there. Four are the script's own: `PLACE` adds jobs, by
 * number, to a sorted set at places counted from the position before the commit, `BURY` other members; `COPY` gives a member of
 * one sorted set the same place in another; `STEPS` adds lines to the progress of jobs, by number.
 */
const ORDER = ['COPY', 'DEL', 'ZREM', 'HDEL', 'PLACE', 'BURY', 'ZADD', 'HSET', 'STEPS', 'RPUSH', 'LTRIM', 'PEXPIRE'] as const;

/** What the COMMIT script does besides writing the jobs themselves. */
export type RedisWrite = (typeof ORDER)[number];

type Argument = string | number;

/** The writes of a commit, those of all jobs to one key taken together: a command in a script costs more than its members. */
export class RedisWrites {
  /** Each named once; the script knows them by number. */
  readonly keys: string[];
  readonly #numbers = new Map<string, number>();
  readonly #writes = new Map<RedisWrite, Map<string, Argument[]>>();

  /** @param keys that stand first, where the script expects them */
  constructor(keys: readonly string[]) {
    this.keys = [...keys];
  }

  add(name: RedisWrite, key: string, ...args: readonly Argument[]): void {
    const written = this.#of(name).get(key);
    if (written) written.push(...args);
    else this.#of(name).set(key, [...args]);
  }

  copy(from: string, to: string, member: string): void {
    this.add('COPY', from, this.#numberOf(to), member);
  }

  /** As the script reads them: name, key, how many arguments, the arguments. */
  flat(): Argument[] {
    const flat: Argument[] = [];
    for (const name of ORDER)
      for (const [key, args] of this.#writes.get(name) ?? []) flat.push(name, this.#numberOf(key), args.length, ...args);
    return flat;
  }

  #of(name: RedisWrite): Map<string, Argument[]> {
    const known = this.#writes.get(name);
    if (known) return known;
    const made = new Map<string, Argument[]>();
    this.#writes.set(name, made);
    return made;
  }

  #numberOf(key: string): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.keys.push(key);
    this.#numbers.set(key, number);
    return number;
  }
}
