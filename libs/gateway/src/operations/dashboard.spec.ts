import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { SocketApp, tokenOf } from '../socket-app.suite.js';
import { GatewayMetrics } from './gateway-metrics.js';

const ROOT = join(__dirname, '../../../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

const DashboardSchema = v.object({
  panels: v.array(v.object({ title: v.string(), targets: v.optional(v.array(v.object({ expr: v.string() })), []) })),
});

/** What Prometheus knows of a metric: its names, a histogram's three among them, and its labels. */
function known(text: string): { readonly names: ReadonlySet<string>; readonly labels: ReadonlySet<string> } {
  const names = [...text.matchAll(/^([a-z_0-9]+)(?:\{| )/gm)].map(([, name]) => name ?? '');
  const labels = [...text.matchAll(/[{,]([a-z_]+)="/g)].map(([, label]) => label ?? '');
  return { names: new Set(names), labels: new Set([...labels, 'instance', 'job']) };
}

const namesIn = (text: string) => [...text.matchAll(/\b(?:harmonia|nodejs|process)_[a-z0-9_]+/g)].map(([name]) => name);

const labelsIn = (expression: string) =>
  [...expression.matchAll(/by \(([^)]*)\)|\{([^}]*)\}/g)].flatMap(([, by = '', match = '']) => [
    ...by.split(', ').filter((label) => label !== ''),
    ...[...match.matchAll(/([a-z_]+)=/g)].map(([, label]) => label ?? ''),
  ]);

describe('what operators read', () => {
  let text: string;
  beforeAll(async () => {
    const app = await SocketApp.start();
    // refusals and requests have no rows before there are some
    const ann = await app.connected(tokenOf('ann'));
    await ann.ask('job:subscribe', { jobId: 'nothing' });
    text = await app.app.get(GatewayMetrics).text();
    await app.stop();
  });

  it('asks in every query of the dashboard for metrics and labels that there are', () => {
    const { names, labels } = known(text);
    const { panels } = v.parse(DashboardSchema, JSON.parse(read('deploy/grafana/harmonia.json')));
    const queries = panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ title, expr })));
    expect(queries.length).toBeGreaterThan(20);
    expect(queries.filter(({ expr }) => namesIn(expr).length === 0)).toEqual([]);
    expect(queries.filter(({ expr }) => namesIn(expr).some((name) => !names.has(name)))).toEqual([]);
    expect(queries.filter(({ expr }) => labelsIn(expr).some((label) => !labels.has(label)))).toEqual([]);
  });

  it('shows every metric of Harmonia on the dashboard, and explains it in docs/operations.md, and no others', () => {
    const own = [...text.matchAll(/^# TYPE (harmonia_\w+) /gm)].map(([, name]) => name ?? '').sort();
    expect(own.length).toBeGreaterThan(14);
    const shown = namesIn(read('deploy/grafana/harmonia.json')).map((name) => name.replace(/_bucket$/, ''));
    expect(own.filter((name) => !shown.includes(name))).toEqual([]);
    const document = read('docs/operations.md');
    expect([...document.matchAll(/^\| `(harmonia_\w+)` /gm)].map(([, name]) => name).sort()).toEqual(own);
    const { names, labels } = known(text);
    expect(namesIn(document).filter((name) => !names.has(name) && !own.includes(name))).toEqual([]);
    expect(labelsIn(document).filter((label) => !labels.has(label))).toEqual([]);
  });
});
