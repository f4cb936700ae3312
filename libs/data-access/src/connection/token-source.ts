import { InjectionToken } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import type { Refusal } from '@harmonia/contract';
import { isObservable, type Observable } from 'rxjs';

/** A token, or null while nobody is signed in. */
export type TokenAnswer = string | null | Promise<string | null>;

/**
 * Where the token comes from. It is asked before every attempt to connect and before every HTTP request [C7], in an
 * injection context; signals that it reads before its first `await` are followed: when one changes, the connection
 * follows. `refusal` says why the last token was refused, so that a fresh one can be made.
 */
export type TokenSource = (refusal: Refusal | null) => TokenAnswer;

/** The token source that `withToken` set; without it nobody is signed in. */
export const TOKEN_SOURCE = new InjectionToken<TokenSource>('the source of Harmonia’s token', { factory: () => () => null });

/** A stream as a source: its latest token, none before the first. Needs an injection context, with which it ends. */
export function tokenSourceOf(source: TokenSource | Observable<string | null>): TokenSource {
  if (!isObservable(source)) return source;
  const latest = toSignal(source, { initialValue: null });
  return () => latest();
}
