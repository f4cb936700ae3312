import { DOCUMENT, inject, Injectable, signal } from '@angular/core';
import { explain, JobsHttp } from '@harmonia/data-access';

/** What a person can ask of one job and has to wait for; cancel and retry are foreseen by the job's own ref. */
export type JobCommand = 'remove' | 'download';

/** Asks one thing at a time of the server, and says how that went. */
@Injectable()
export class JobCommands {
  private readonly jobs = inject(JobsHttp);
  private readonly document = inject(DOCUMENT);
  private readonly current = signal<JobCommand | null>(null);
  private readonly last = signal<{ readonly id: string; readonly problem: string } | null>(null);

  /** What was asked and is not answered yet. */
  readonly pending = this.current.asReadonly();

  /** Why the last command failed, when that was about this job. */
  problemOf(id: string): string | null {
    const last = this.last();
    return last?.id === id ? last.problem : null;
  }

  /** Whether the server did it. */
  async run(command: JobCommand, id: string): Promise<boolean> {
    if (this.current()) return false;
    this.current.set(command);
    this.last.set(null);
    try {
      await this.ask(command, id);
      return true;
    } catch (error) {
      this.last.set({ id, problem: explain(error) });
      return false;
    } finally {
      this.current.set(null);
    }
  }

  private async ask(command: JobCommand, id: string): Promise<void> {
    if (command === 'remove') await this.jobs.remove(id);
    else this.follow(await this.jobs.resultLink(id));
  }

  /** The answer is an attachment: the page stays. */
  private follow(link: string): void {
    const anchor = this.document.createElement('a');
    anchor.href = link;
    anchor.download = '';
    anchor.click();
  }
}
