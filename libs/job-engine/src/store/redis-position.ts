import type { StorePosition } from './store-position.js';

const PARTS = /^([A-Za-z0-9-]+):([0-9.-]{1,600})$/;
const PART = /^(\d{1,15})(?:-(\d{1,15})-(\d{1,15}))?$/;

/** A place in the logs of all partitions, opaque to everyone else [F4]: one part each, in order. */
export function formatPositions(epoch: string, positions: readonly StorePosition[]): string {
  return `${epoch}:${positions.map(formatPart).join('.')}`;
}

function formatPart({ position, snapshot }: StorePosition): string {
  return snapshot ? `${position}-${snapshot.floor}-${snapshot.start}` : String(position);
}

/** Null for whatever was not made in this epoch, or with other partitions. */
export function parsePositions(epoch: string, text: string, partitions: number): readonly StorePosition[] | null {
  const [, madeIn, parts = ''] = PARTS.exec(text) ?? [];
  if (madeIn !== epoch) return null;
  const positions = parts.split('.').flatMap(parsePart);
  return positions.length === partitions ? positions : null;
}

function parsePart(text: string): StorePosition[] {
  const [whole, position, floor, start] = PART.exec(text) ?? [];
  if (whole === undefined) return [];
  return [{ position: Number(position), ...(floor === undefined ? {} : { snapshot: { floor: Number(floor), start: Number(start) } }) }];
}
