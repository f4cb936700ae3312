import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';

/** How things stand with the server, as far as a badge tells. */
export type ConnectionPhase = 'idle' | 'connecting' | 'catching-up' | 'live' | 'stale' | 'polling' | 'lost' | 'refused';

const WORDS = {
  idle: 'Not connected',
  connecting: 'Connecting…',
  'catching-up': 'Catching up…',
  live: 'Live',
  stale: 'Not up to date',
  polling: 'Updates every few seconds',
  lost: 'Reconnecting…',
  refused: 'Refused',
} as const satisfies Record<ConnectionPhase, string>;

/**
 * Whether what the page shows is live, as a word and a dot.
 *
 * @example <harmonia-connection-badge [phase]="connection.state().phase" />
 */
@Component({
  selector: 'harmonia-connection-badge',
  template: '<span class="dot" aria-hidden="true"></span>{{ word() }}',
  styleUrl: './connection-badge.css',
  host: { role: 'status', '[class]': 'phase()' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ConnectionBadge {
  readonly phase = input.required<ConnectionPhase>();
  protected readonly word = computed(() => WORDS[this.phase()]);
}
