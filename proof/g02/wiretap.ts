/** Everything that came over a wire, searched for what is not for whom it came to. */
export class Wiretap {
  frames = 0;
  /** A few of them in words, by where they came. */
  readonly leaks = new Map<string, number>();
  /** The numbers of the races whose job was told of before the permission went. */
  readonly seen = new Set<number>();
  /** Who must not see what was written in this race. */
  private readonly forbidden = new Map<number, string>();

  forbid(race: number, userId: string): void {
    this.forbidden.set(race, userId);
  }

  /** @param where in which way it came, for whoever looks for the leak */
  read(userId: string, where: string, data: unknown): void {
    this.frames++;
    const text = ArrayBuffer.isView(data)
      ? new TextDecoder().decode(data)
      : data instanceof ArrayBuffer
        ? new TextDecoder().decode(data)
        : String(data);
    for (const [, before] of text.matchAll(/before-(\d+)/g)) this.seen.add(Number(before));
    for (const [, number] of text.matchAll(/secret-(\d+)/g)) {
      if (this.forbidden.get(Number(number)) !== userId) continue;
      const [event = ''] = /\["[\w:]+"/.exec(text) ?? [text.slice(0, 40)];
      const leak = `${where}: ${event}`;
      this.leaks.set(leak, (this.leaks.get(leak) ?? 0) + 1);
    }
  }
}
