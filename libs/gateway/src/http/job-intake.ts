import { RefusalError, type Job, type UploadedFile } from '@harmonia/contract';
import {
  FILE_STORE,
  JOB_STORE,
  JobFiles,
  JobHandlers,
  JobPublisher,
  uploadKey,
  type FileStore,
  type JobSession,
  type JobStore,
} from '@harmonia/job-engine';
import { Inject, Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { CreateRequest } from './create-request.js';
import { Turns } from './turns.js';
import type { Upload } from './upload.js';

/** A request whose job has its id and its owner. */
type Draft = CreateRequest & { readonly id: string; readonly userId: string };

/**
 * Takes in new jobs with their files: the file gets its place, then the job its row, so that no job ever waits for a file
 * that is not there. Requests for the same id take turns, or one could put its file in the place of another's.
 */
@Injectable()
export class JobIntake {
  private readonly turns = new Turns();

  constructor(
    @Inject(JOB_STORE) private readonly store: JobStore,
    @Inject(FILE_STORE) private readonly files: FileStore,
    private readonly jobFiles: JobFiles,
    private readonly handlers: JobHandlers,
    private readonly publisher: JobPublisher,
  ) {}

  /** [R12] The same id from its owner is the same job, with the file it was first created with; from others a conflict. */
  async create({ userId, jobTypes }: JobSession, request: CreateRequest, upload?: Upload): Promise<Job> {
    this.assertKnown(request.jobType);
    if (jobTypes && !jobTypes.includes(request.jobType)) throw new RefusalError('forbidden');
    const draft = { ...request, id: request.id ?? randomUUID(), userId };
    return this.turns.take(draft.id, () => (upload ? this.createWithFile(draft, upload) : this.publisher.created(draft)));
  }

  private assertKnown(jobType: string): void {
    const known = this.handlers.types();
    if (!known.includes(jobType)) throw new RefusalError('job-type-unknown', `The job types here are: ${known.join(', ')}.`);
  }

  private async createWithFile(draft: Draft, { name, mediaType, staged }: Upload): Promise<Job> {
    const { records } = await this.store.read([draft.id]);
    const known = records.get(draft.id)?.job;
    if (known) return repeated(known, draft);
    await this.jobFiles.removalOf(draft.id);
    const file: UploadedFile = { name, mediaType, bytes: staged.bytes };
    await staged.keep(uploadKey(draft.id));
    try {
      return await this.publisher.created({ ...draft, input: { file } });
    } catch (error) {
      await this.withdraw(draft);
      throw error;
    }
  }

  /** Unless the job is there after all: a store may fail while it answers. */
  private async withdraw({ id, userId }: Draft): Promise<void> {
    const { records } = await this.store.read([id]);
    if (records.get(id)?.job.userId !== userId) await this.files.remove(uploadKey(id));
  }
}

/** As the store would decide; not asked again, since the job may be removed meanwhile and be created without its file then. */
function repeated(known: Job, { userId }: Draft): Job {
  if (known.userId !== userId) throw new RefusalError('job-id-conflict');
  return known;
}
