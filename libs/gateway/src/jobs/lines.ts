/** The lines of a frame to be [E4]. */
export class Lines {
  private readonly lines: string[] = [];
  private numbers = 0;

  get isEmpty(): boolean {
    return this.lines.length === 0;
  }

  get text(): string {
    return this.lines.join('\n');
  }

  /** The same for frames of the same lines, and seldom for others. */
  get sign(): number {
    return this.numbers;
  }

  /** One more line, which is that of the job added so many jobs before the end. */
  add(line: string, number: number): void {
    this.lines.push(line);
    this.numbers = (Math.imul(this.numbers, 31) + number) | 0;
  }

  /** Whether these are the same lines, of the same round. */
  equals({ lines }: Lines): boolean {
    return lines.length === this.lines.length && lines.every((line, place) => line === this.lines[place]);
  }
}
