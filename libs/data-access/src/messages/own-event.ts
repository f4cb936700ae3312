import * as v from 'valibot';

/** Said with every event of an application's own [M1]; whatever comes without it is something else. */
const OwnPayloadSchema = v.looseObject({ timestamp: v.pipe(v.string(), v.isoTimestamp()) });

/** An event that is not the protocol's, as it came; what is in it the application knows. */
export interface OwnEvent {
  readonly name: string;
  readonly payload: Readonly<v.InferOutput<typeof OwnPayloadSchema>>;
}

/** Reads an event of the application's own; null when it is none: a later protocol may have events that this client does not know. */
export function ownEvent(name: string, payload: unknown): OwnEvent | null {
  const parsed = v.safeParse(OwnPayloadSchema, payload);
  return parsed.success ? { name, payload: parsed.output } : null;
}
