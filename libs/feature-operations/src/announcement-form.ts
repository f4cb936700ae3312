import { afterNextRender, ChangeDetectionStrategy, Component, ElementRef, inject, Injector, signal } from '@angular/core';
import { NOTIFICATION_LEVELS, RefusalError, type NewNotification } from '@harmonia/contract';
import { explain } from '@harmonia/data-access';
import { OperationsHttp } from '@harmonia/data-access/operations';
import { Icon } from '@harmonia/ui';
import { announcementProblems, NO_PROBLEMS } from './announcement-problems';

/** What people call each level. */
const LEVEL_WORDS = { info: 'Information', success: 'Good news', warning: 'Warning', error: 'Problem' } as const;

/** Tells everybody who is connected something. What the server finds wrong with it is said at the field. */
@Component({
  selector: 'harmonia-announcement-form',
  imports: [Icon],
  templateUrl: './announcement-form.html',
  styleUrls: ['./fields.css', './announcement-form.css'],
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class AnnouncementForm {
  private readonly http = inject(OperationsHttp);
  private readonly injector = inject(Injector);
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  /** Sent with each try, so that one whose answer got lost is shown once. */
  private id = newId();

  protected readonly levels = NOTIFICATION_LEVELS.map((level) => ({ level, word: LEVEL_WORDS[level] }));
  protected readonly isSending = signal(false);
  protected readonly isSent = signal(false);
  protected readonly problems = signal(NO_PROBLEMS);

  protected async send(form: HTMLFormElement): Promise<void> {
    if (this.isSending()) return;
    this.isSending.set(true);
    this.isSent.set(false);
    this.problems.set(NO_PROBLEMS);
    try {
      await this.http.announce(this.written(new FormData(form)));
      this.id = newId();
      this.isSent.set(true);
      form.reset();
    } catch (error) {
      this.explain(error);
    } finally {
      this.isSending.set(false);
    }
  }

  /** The schema of the contract is the server's to keep; here the words are sent as they were typed. */
  private written(fields: FormData): NewNotification {
    const text = (name: string) => String(fields.get(name) ?? '');
    const level = NOTIFICATION_LEVELS.find((one) => one === text('level'));
    return { id: this.id, message: text('message'), ...(level && { level }), ...(text('title') && { title: text('title') }) };
  }

  private explain(error: unknown): void {
    const isAboutFields = error instanceof RefusalError && error.code === 'payload-invalid';
    this.problems.set(isAboutFields ? announcementProblems(error.message) : { ...NO_PROBLEMS, rest: explain(error) });
    const focus = () => this.host.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
    afterNextRender(focus, { injector: this.injector });
  }
}

/** 24 random hexadecimal digits; `crypto.randomUUID` is for secure pages alone. */
function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
