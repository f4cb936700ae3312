import * as v from 'valibot';
import { RefusalSchema, type Refusal } from './refusal.js';

/** The answer to every request that carries a callback. */
export type Acknowledgement<Data> = { readonly ok: true; readonly data: Data } | { readonly ok: false; readonly error: Refusal };

/** The callback that a client may pass as the last argument of a request. */
export type Acknowledge<Data> = (answer: Acknowledgement<Data>) => void;

/**
 * The schema of an acknowledgement, by the schema of its data.
 *
 * @example const answer = v.parse(acknowledgementSchema(JobSnapshotSchema), await socket.emitWithAck('job:subscribe', { jobId }));
 */
export const acknowledgementSchema = <Data extends v.GenericSchema>(data: Data) =>
  v.variant('ok', [v.object({ ok: v.literal(true), data }), v.object({ ok: v.literal(false), error: RefusalSchema })]);

/** What a request without a state to hand out answers. */
export interface Done {
  readonly epoch: string;
}

/** How a refused request without a callback is answered: the `exception` event. */
export interface RequestException extends Refusal {
  readonly verb: string;
  readonly jobId?: string;
}
