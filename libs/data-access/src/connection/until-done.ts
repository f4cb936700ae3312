import { catchError, defer, EMPTY, of, repeat, tap, type Observable } from 'rxjs';

/**
 * Tries until it completes. What comes of a failure is told, and when that completes it is tried again: in a loop, for a
 * `catchError` that goes on with itself lies one deeper with each try, and there is no end of tries [C7].
 */
export function untilDone<Told, Failed>(
  tried: () => Observable<Told>,
  failed: (error: unknown) => Observable<Failed>,
): Observable<Told | Failed> {
  return defer(() => {
    let isDone = false;
    return defer(tried).pipe(
      tap({ complete: () => (isDone = true) }),
      catchError(failed),
      repeat({ delay: () => (isDone ? EMPTY : of(null)) }),
    );
  });
}
