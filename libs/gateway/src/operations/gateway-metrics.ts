import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { RepairCounts } from '../jobs/repair-counts.js';
import { Watchers } from '../jobs/watchers.js';
import { PresenceExchange } from '../presence/presence-exchange.js';
import { GatewayCounts } from './gateway-counts.js';
import { lagText } from './lag-text.js';
import { NodeFigures } from './node-figures.js';

/** What a metric says, for each combination of the values of its labels. */
type Rows = readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[];

interface Meaning {
  readonly name: string;
  readonly help: string;
  readonly labelNames?: readonly string[];
  readonly rows: () => Rows;
}

/**
 * The figures of this node for Prometheus, in a registry of their own: the host's metrics are not touched. Nothing is done
 * for them until they are first asked for. The gateway serves them at no address by itself, since an address that a proxy
 * passes on by accident would be public: the host decides where.
 *
 * @example
 * server.get('/metrics', async (_, answer) => answer.type(metrics.contentType).send(await metrics.text()));
 */
@Injectable()
export class GatewayMetrics {
  private registry: Registry | null = null;

  constructor(
    private readonly counts: GatewayCounts,
    private readonly figures: NodeFigures,
    private readonly watchers: Watchers,
    private readonly repairs: RepairCounts,
    private readonly presence: PresenceExchange,
  ) {}

  /** The `Content-Type` of {@link text}. */
  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;

  /** Everything as it is now, in the text format of Prometheus. */
  async text(): Promise<string> {
    this.registry ??= this.register();
    const { delivery, stream } = this.counts;
    return [
      await this.registry.metrics(),
      lagText('harmonia_delivery_lag_seconds', 'How old changes were when they were handed to the sockets that watch.', delivery),
      lagText('harmonia_stream_lag_seconds', 'How old the oldest change of each batch was when it was heard from the job store.', stream),
    ].join('\n');
  }

  private register(): Registry {
    const registry = new Registry();
    const registers = [registry];
    collectDefaultMetrics({ register: registry });
    for (const { rows, ...meaning } of this.gauges()) {
      new Gauge({
        ...meaning,
        registers,
        collect() {
          this.reset();
          rows().forEach(([labels, value]) => this.set(labels, value));
        },
      });
    }
    for (const { rows, ...meaning } of this.counters()) {
      new Counter({
        ...meaning,
        registers,
        collect() {
          this.reset();
          rows().forEach(([labels, value]) => this.inc(labels, value));
        },
      });
    }
    return registry;
  }

  private gauges(): readonly Meaning[] {
    const { watchers, figures, presence } = this;
    return [
      {
        name: 'harmonia_connections',
        help: 'Sockets that are connected to this node.',
        labelNames: ['client'],
        rows: () => [
          [{ client: 'plain' }, watchers.plainCount],
          [{ client: 'harmonia' }, watchers.all.length - watchers.plainCount],
        ],
      },
      { name: 'harmonia_users', help: 'Users who are connected to this node.', rows: () => [[{}, figures.users]] },
      {
        name: 'harmonia_subscriptions',
        help: "Watches of sockets: of single jobs, of the jobs of one user, of everybody's.",
        labelNames: ['of'],
        rows: () => Object.entries(figures.subscriptions()).map(([of, count]) => [{ of }, count]),
      },
      { name: 'harmonia_slow_consumers', help: 'Sockets that do not keep up now.', rows: () => [[{}, watchers.slowCount]] },
      {
        name: 'harmonia_nodes',
        help: 'Gateway nodes that this one knows, itself among them.',
        rows: () => [[{}, presence.otherNodes.length + 1]],
      },
    ];
  }

  private counters(): readonly Meaning[] {
    const { counts, watchers, repairs } = this;
    const one = (name: string, help: string, value: () => number): Meaning => ({ name, help, rows: () => [[{}, value()]] });
    return [
      one('harmonia_connections_opened_total', 'Sockets that have connected.', () => watchers.opened),
      one('harmonia_events_heard_total', 'Changes of jobs heard from the job store.', () => counts.eventsHeard),
      one('harmonia_messages_sent_total', 'Messages to sockets, answers among them, one for each that gets it.', () => counts.messagesSent),
      one('harmonia_characters_sent_total', 'What these messages were long, in characters.', () => counts.charactersSent),
      one('harmonia_slow_spells_total', 'How often a socket fell behind.', () => counts.slowSpells),
      one(
        'harmonia_repaired_sockets_total',
        'Sockets that were asked anew what they may see, and brought up to date.',
        () => repairs.sockets,
      ),
      {
        name: 'harmonia_repairs_total',
        help: 'What had to be mended: "missed", the job store said that something was missed or began anew; "untold", jobs of which it did not tell.',
        labelNames: ['kind'],
        rows: () => [
          [{ kind: 'missed' }, repairs.missed],
          [{ kind: 'untold' }, repairs.untold],
        ],
      },
      {
        name: 'harmonia_requests_total',
        help: 'What sockets asked, by the name of the request.',
        labelNames: ['verb'],
        rows: () => [...counts.requests].map(([verb, count]) => [{ verb }, count]),
      },
      {
        name: 'harmonia_refusals_total',
        help: 'What was refused: handshakes, requests of sockets, and over HTTP.',
        labelNames: ['door', 'code'],
        rows: () =>
          Object.entries(counts.refusals).flatMap(([door, codes]) => [...codes].map(([code, count]) => [{ door, code }, count] as const)),
      },
    ];
  }
}
