import { Pipe, type PipeTransform } from '@angular/core';

/**
 * A node's name as far as it tells it from its neighbours: such names are long, and new with each start.
 *
 * @example shortNode('96441ea8-e593-465e-a691-f52aa913b51c'); // '96441ea8'
 */
export const shortNode = (node: string): string => node.slice(0, 8);

/** {@link shortNode} in templates. */
@Pipe({ name: 'shortNode' })
export class ShortNode implements PipeTransform {
  readonly transform = shortNode;
}
