import { asapScheduler, auditTime, concatMap, defer, EMPTY, pipe, tap, type Observable, type OperatorFunction } from 'rxjs';

/**
 * Works for every sign: what comes within one microtask is one, one piece of work is under way at a time, and whatever comes
 * meanwhile is answered by one more.
 */
export function oneAtATime<Outcome>(work: () => Observable<Outcome>): OperatorFunction<unknown, Outcome> {
  return pipe((signs: Observable<unknown>) =>
    defer(() => {
      let outdated = false;
      return signs.pipe(
        tap(() => (outdated = true)),
        auditTime(0, asapScheduler),
        concatMap(() =>
          defer(() => {
            if (!outdated) return EMPTY;
            outdated = false;
            return work();
          }),
        ),
      );
    }),
  );
}
