import { DatePipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, computed, inject, linkedSignal, resource, signal } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { AuditPage } from '@harmonia/contract';
import { explain } from '@harmonia/data-access';
import { OperationsHttp } from '@harmonia/data-access/operations';
import { Icon } from '@harmonia/ui';
import { Pager } from './pager';

/** Which part of the audit is asked for; `cursors` are of the pages turned so far. */
interface Asked {
  readonly jobId: string;
  readonly cursors: readonly string[];
}

/** Who tried what, and what came of it, newest first; asked for when the page opens and whenever one wants to. */
@Component({
  selector: 'harmonia-audit-table',
  imports: [DatePipe, Icon, Pager, RouterLink],
  templateUrl: './audit-table.html',
  styleUrls: ['./tables.css', './fields.css', './filter.css', './audit-table.css'],
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class AuditTable {
  private readonly http = inject(OperationsHttp);

  protected readonly asked = signal<Asked>({ jobId: '', cursors: [] });
  protected readonly answer = resource({
    params: () => this.asked(),
    loader: ({ params: { jobId, cursors } }) => {
      const cursor = cursors.at(-1);
      return this.http.audit({ ...(jobId !== '' && { jobId }), ...(cursor !== undefined && { cursor }) });
    },
  });
  protected readonly problem = computed(() => {
    const error = this.answer.error();
    return error && explain(error);
  });
  /** What was answered last stays until the next answer is here. */
  protected readonly page = linkedSignal<AuditPage | null, AuditPage | null>({
    source: () => (this.answer.hasValue() ? this.answer.value() : null),
    computation: (now, before) => now ?? before?.value ?? null,
  });
  protected readonly words = computed(() => (this.asked().cursors.length > 0 ? `Page ${this.asked().cursors.length + 1}` : 'Newest first'));

  protected choose(text: string): void {
    const jobId = text.trim();
    if (jobId !== this.asked().jobId) this.asked.set({ jobId, cursors: [] });
  }

  protected turn(isForward: boolean): void {
    const { jobId, cursors } = this.asked();
    const next = this.page()?.nextCursor;
    if (!isForward) this.asked.set({ jobId, cursors: cursors.slice(0, -1) });
    else if (next) this.asked.set({ jobId, cursors: [...cursors, next] });
  }
}
