import { CreateJobSchema, JobTagsSchema, parseOrRefuse, RefusalError } from '@harmonia/contract';
import type { Request } from 'express';
import * as v from 'valibot';

const { jobType, id, title } = CreateJobSchema.entries;

const TagFieldsSchema = v.pipe(
  v.union([v.array(v.string()), v.string()], 'Tags are repeated fields, or one list separated by commas.'),
  v.transform((tags) => [tags].flat().flatMap((list) => list.split(','))),
  v.transform((tags) => tags.filter((tag) => tag.trim() !== '')),
  JobTagsSchema,
);

/** The fields of the multipart form beside the part `file`: as in `CreateJobSchema`, without an input of its own. */
export const CreateJobFormSchema = v.object({ jobType, id, title, tags: v.optional(TagFieldsSchema, []) });

/** What a request asks to be created, sent as JSON or as a form. */
export type CreateRequest = v.InferOutput<typeof CreateJobFormSchema> & { readonly input?: unknown };

/** @throws RefusalError `payload-invalid` */
export function createRequestOf(request: Request, body: object): CreateRequest {
  if (isMultipart(request)) return parseOrRefuse(CreateJobFormSchema, filledFields(body));
  if (request.is('json')) return parseOrRefuse(CreateJobSchema, body);
  throw new RefusalError('payload-invalid', 'Send JSON with content-type application/json, or a multipart form with a file.');
}

export function isMultipart(request: Request): boolean {
  return Boolean(request.is('multipart/form-data'));
}

/** A form sends fields that were left empty too; they mean that nothing was said. */
function filledFields(form: object) {
  return Object.fromEntries(Object.entries(form).filter(([, value]) => value !== ''));
}
