import { TestBed } from '@angular/core/testing';
import { Announcer } from './announcer';

/** The announcer, and what the page's live region has come to say since. */
export function listenedTo() {
  const announcer = TestBed.inject(Announcer);
  const region = [...document.querySelectorAll('[aria-live=polite]')].at(-1);
  const said: string[] = [];
  let text = '';
  const set = (words: string) => {
    text = words;
    if (words !== '') said.push(words);
  };
  Object.defineProperty(region, 'textContent', { set, get: () => text });
  return { announcer, said, region };
}
