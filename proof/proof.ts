/** How much of a proof is run. */
export interface ProofOptions {
  /** Runs with the same seed do the same. */
  readonly seed: number;
  /** About so long; where a proof counts what it does, it does as much as fits. */
  readonly seconds: number;
}

/** What a proof prints: the figures that its promise owes, and whether it broke. */
export interface Figures {
  readonly promise: string;
  readonly broken: boolean;
  readonly seconds: number;
}

/** A promise and the program that tries to break it. */
export interface Proof {
  readonly id: string;
  /** The promise in a few words. */
  readonly promises: string;
  readonly needsRedis: boolean;
  readonly prove: (options: ProofOptions) => Promise<Figures>;
}
