/** As much of React as the hooks of the documents ask for: what they return is looked at here instead of being drawn. */

type Cleanup = (() => unknown) | void;
type Update<State> = (next: State | ((before: State) => State)) => void;

interface Effect {
  readonly dependencies: readonly unknown[];
  readonly cleanup: Cleanup;
}

let rendering: Mounted<unknown> | null = null;

/** A hook that is mounted, and called again whenever a state of it changes. */
export class Mounted<Result> {
  private readonly states: unknown[] = [];
  private readonly effects: Effect[] = [];
  private readonly waiting = new Set<() => void>();
  private due: (() => void)[] = [];
  private at = { state: 0, effect: 0 };
  private isDirty = false;
  private latest: Result;

  constructor(private readonly hook: () => Result) {
    this.latest = this.render();
  }

  /** What the hook returned last. */
  get current(): Result {
    return this.latest;
  }

  /** What it returns as soon as that fits. */
  until(fits: (result: Result) => boolean): Promise<Result> {
    return new Promise((resolve) => {
      const look = () => {
        if (!fits(this.latest)) return;
        this.waiting.delete(look);
        resolve(this.latest);
      };
      this.waiting.add(look);
      look();
    });
  }

  unmount(): void {
    this.effects.forEach(({ cleanup }) => cleanup?.());
  }

  state<State>(initial: State): [State, Update<State>] {
    const at = this.at.state++;
    if (!(at in this.states)) this.states[at] = initial;
    const update: Update<State> = (next) => {
      // a function is told the state before, as in React
      const before = this.states[at] as State;
      this.states[at] = typeof next === 'function' ? (next as (before: State) => State)(before) : next;
      if (this.states[at] !== before) this.renderSoon();
    };
    return [this.states[at] as State, update];
  }

  effect(run: () => Cleanup, dependencies: readonly unknown[]): void {
    const at = this.at.effect++;
    const before = this.effects[at];
    if (before?.dependencies.every((dependency, index) => dependency === dependencies[index])) return;
    this.due.push(() => {
      before?.cleanup?.();
      this.effects[at] = { dependencies, cleanup: run() };
    });
  }

  /** Once for all that changes now. */
  private renderSoon(): void {
    if (this.isDirty) return;
    this.isDirty = true;
    queueMicrotask(() => this.render());
  }

  private render(): Result {
    this.isDirty = false;
    this.at = { state: 0, effect: 0 };
    this.latest = called(this, this.hook);
    this.due.splice(0).forEach((effect) => effect());
    this.waiting.forEach((look) => look());
    return this.latest;
  }
}

function called<Result>(mounted: Mounted<Result>, hook: () => Result): Result {
  rendering = mounted;
  const result = hook();
  rendering = null;
  return result;
}

const rendered = (): Mounted<unknown> => {
  if (!rendering) throw new Error('A hook is called while it is rendered.');
  return rendering;
};

export const useState = <State>(initial: State): [State, Update<State>] => rendered().state(initial);

export const useEffect = (run: () => Cleanup, dependencies: readonly unknown[]): void => rendered().effect(run, dependencies);
