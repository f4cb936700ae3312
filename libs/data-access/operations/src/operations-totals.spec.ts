import { aNode, someFigures } from './operations.fixture';
import { sampled, totalsOf, type OperationsSample } from './operations-totals';

describe('totals of all nodes', () => {
  it('add up, with the lag of the node that is worst off', () => {
    const one = aNode({
      rates: { eventsInPerSecond: 10, eventsOutPerSecond: 100 },
      deliveryLagMs: { p50: 5, p99: 80 },
      slowConsumers: 1,
      repairs: 2,
      refusals: { forbidden: 1, 'token-expired': 2 },
    });
    const other = aNode({
      node: 'node-2',
      rates: { eventsInPerSecond: 10.5, eventsOutPerSecond: 50 },
      deliveryLagMs: { p50: 9, p99: 20 },
      refusals: { forbidden: 4, 'verb-unknown': 2 },
    });
    expect(totalsOf(someFigures([one, other, aNode({ node: 'node-3' })]))).toEqual({
      connected: 6,
      users: 1,
      eventsInPerSecond: 20.5,
      eventsOutPerSecond: 150,
      deliveryLagMs: { p50: 9, p99: 80 },
      slowConsumers: 1,
      repairs: 2,
      refusals: [
        { code: 'forbidden', count: 5 },
        { code: 'token-expired', count: 2 },
        { code: 'verb-unknown', count: 2 },
      ],
    });
  });

  it('know no lag when no node does', () => {
    expect(totalsOf(someFigures([])).deliveryLagMs).toBeNull();
  });

  it('are kept for five minutes', () => {
    const totals = totalsOf(someFigures());
    const kept = [0, 1_000, 301_000].reduce<readonly OperationsSample[]>((samples, at) => sampled(samples, totals, at), []);
    expect(kept.map(({ at }) => at)).toEqual([301_000]);
    expect(kept[0]).toEqual({ at: 301_000, connected: 2, eventsInPerSecond: 0, eventsOutPerSecond: 0, deliveryLagP99Ms: null });
  });
});
