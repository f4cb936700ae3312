import { JobIdSchema, parseOrRefuse } from '@harmonia/contract';
import type { PipeTransform } from '@nestjs/common';
import * as v from 'valibot';

/** Parses a body, a query or the parameters of a route, or refuses them with `payload-invalid`. */
export class ParsePipe<Schema extends v.GenericSchema> implements PipeTransform<unknown, v.InferOutput<Schema>> {
  constructor(private readonly schema: Schema) {}

  transform(value: unknown): v.InferOutput<Schema> {
    return parseOrRefuse(this.schema, value);
  }
}

const NamedJobSchema = v.object({ id: JobIdSchema });

/** The parameters of a route that names a job. */
export type NamedJob = v.InferOutput<typeof NamedJobSchema>;

/** Use as `@Param(namedJob) { id }: NamedJob`. */
export const namedJob = new ParsePipe(NamedJobSchema);
