import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import type { OnlineUser } from '@harmonia/contract';
import { Avatar } from './avatar';

/** Somebody, and whether it is the reader. */
export interface Person extends OnlineUser {
  readonly isYou: boolean;
}

/** So many have room beside each other. */
const MOST_SHOWN = 4;
let made = 0;

/**
 * Who is here, as overlapping avatars in a button that says and shows all names; the reader comes last. Nothing while
 * nobody else is.
 *
 * @example <harmonia-people [people]="others.viewers()" [count]="others.count()" what="watch this job" />
 */
@Component({
  selector: 'harmonia-people',
  imports: [Avatar],
  templateUrl: './people.html',
  styleUrl: './people.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class People {
  readonly people = input.required<readonly Person[]>();
  /** All of them, those too who are not named. */
  readonly count = input.required<number>();
  /** What they do, after "3 people". */
  readonly what = input.required<string>();

  protected readonly listId = `harmonia-people-${++made}`;
  protected readonly ordered = computed(() => [
    ...this.people().filter(({ isYou }) => !isYou),
    ...this.people().filter(({ isYou }) => isYou),
  ]);
  protected readonly areOthers = computed(() => this.people().some(({ isYou }) => !isYou));
  protected readonly shown = computed(() => this.ordered().slice(0, this.count() > MOST_SHOWN ? MOST_SHOWN - 1 : MOST_SHOWN));
  protected readonly unnamed = computed(() => Math.max(0, this.count() - this.people().length));
  protected readonly label = computed(() => {
    const names = this.ordered().slice(0, MOST_SHOWN).map(nameOf);
    const more = this.count() - names.length;
    return `${this.count()} people ${this.what()}: ${[...names, ...(more > 0 ? [`${more} more`] : [])].join(', ')}`;
  });

  protected readonly nameOf = nameOf;
}

function nameOf({ userId, name, isYou }: Person): string {
  return isYou ? `${name ?? userId} (you)` : (name ?? userId);
}
