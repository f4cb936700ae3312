import { ChangeDetectionStrategy, Component, computed } from '@angular/core';
import { RefusalError, type Refusal } from '@harmonia/contract';
import { explain } from '@harmonia/data-access';
import { injectOperations } from '@harmonia/data-access/operations';
import { ConnectionStrip, Icon, LongWait, Notice, type IconName } from '@harmonia/ui';
import { AnnouncementForm } from './announcement-form';
import { AuditTable } from './audit-table';
import { ConnectionTable } from './connection-table';
import { NodeTable } from './node-table';
import { OnlinePeople } from './online-people';
import { Totals } from './totals';

/** The gateway's nodes and connections, live, the way to tell everybody something, and who did what. */
@Component({
  selector: 'harmonia-operations',
  imports: [AnnouncementForm, AuditTable, ConnectionStrip, ConnectionTable, Icon, LongWait, NodeTable, Notice, OnlinePeople, Totals],
  templateUrl: './operations.html',
  styleUrl: './operations.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Operations {
  protected readonly operations = injectOperations();
  protected readonly view = this.operations.view;
  protected readonly shown = computed(() => {
    const view = this.view();
    return view.phase === 'shown' ? view : null;
  });
  /** Why nothing can be shown, or nothing newer. */
  protected readonly trouble = computed(() => {
    const view = this.view();
    return view.phase === 'loading' || view.refusal === null ? null : troubleOf(view.refusal);
  });
}

function troubleOf({ code, message }: Refusal): { readonly icon: IconName; readonly heading: string; readonly reason: string } {
  const reason = explain(new RefusalError(code, message));
  if (code === 'forbidden') return { icon: 'lock', heading: 'For administrators only', reason };
  if (code === 'unavailable' || code === 'timeout') return { icon: 'offline', heading: 'No connection to the server', reason };
  return { icon: 'error', heading: 'The figures cannot be shown', reason };
}
