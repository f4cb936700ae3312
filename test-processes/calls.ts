/** What a program is asked. */
export interface Call {
  readonly id: number;
  readonly name: string;
  readonly argument: unknown;
}

/** What the program says to a call. */
export interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

/** In a program: answers calls by name until whoever asks has gone, then ends. */
export function answerCalls(handlers: Readonly<Record<string, (argument: never) => unknown>>): void {
  process.on('message', (call: Call) => void answer(handlers, call).then((said) => process.send?.(said)));
  process.on('disconnect', () => process.exit(0));
}

async function answer(handlers: Readonly<Record<string, (argument: never) => unknown>>, { id, name, argument }: Call): Promise<Answer> {
  try {
    const handler = handlers[name];
    if (!handler) throw new Error(`There is no call "${name}".`);
    // both ends are ours: the caller knows what the handler takes
    return { id, result: await handler(argument as never) };
  } catch (error) {
    return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
