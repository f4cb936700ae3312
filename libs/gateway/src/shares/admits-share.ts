import { RefusalError } from '@harmonia/contract';
import type { JobSession } from '@harmonia/job-engine';
import { Reflector } from '@nestjs/core';

/** Marks a route that a token of one shared job may use; every other refuses it as `forbidden`. */
export const AdmitsShare = Reflector.createDecorator<true>();

/** What such a token may ask for on a socket: its job, by name. */
const VERBS: ReadonlySet<string> = new Set(['job:subscribe', 'job:unsubscribe', 'jobs:sync']);

/** @throws RefusalError `forbidden` for what a token of one shared job may not ask for */
export function admitToVerb({ share }: JobSession, verb: string): void {
  if (share && !VERBS.has(verb)) throw new RefusalError('forbidden');
}
