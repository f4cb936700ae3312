/**
 * A place in the log of commits, opaque to everyone else [S5, R7]. While a snapshot is being handed out in parts, it also
 * says what belongs to it: finished jobs from `floor` on, and removals after `start`.
 */
export interface StorePosition {
  readonly position: number;
  readonly snapshot?: { readonly floor: number; readonly start: number };
}

const PATTERN = /^([A-Za-z0-9-]+):(\d{1,15})(?::(\d{1,15}):(\d{1,15}))?$/;

export function formatPosition(epoch: string, { position, snapshot }: StorePosition): string {
  return [epoch, position, ...(snapshot ? [snapshot.floor, snapshot.start] : [])].join(':');
}

/** Null for whatever was not made in this epoch. A forged one only shows its maker less: the scope is asked for anew. */
export function parsePosition(epoch: string, text: string): StorePosition | null {
  const [, madeIn, position, floor, start] = PATTERN.exec(text) ?? [];
  if (madeIn !== epoch) return null;
  const snapshot = floor === undefined ? {} : { snapshot: { floor: Number(floor), start: Number(start) } };
  return { position: Number(position), ...snapshot };
}
