import { ignoreElements, take, type Observable } from 'rxjs';

/** Says nothing, and completes at the first sign. */
export const wokenBy = (sign: Observable<unknown>): Observable<never> => sign.pipe(take(1), ignoreElements());
