import { RefusalError, REFUSALS } from '@harmonia/contract';
import { aConnection, anOperationsPage, aNode, words } from './operations.fixture';

describe('Operations', () => {
  it('says that it loads, then shows all nodes together', async () => {
    const { page, answer } = await anOperationsPage();
    expect(words(page.querySelector('[role=status]'))).toBe('Loading the figures');
    await answer();
    const tiles = [...page.querySelectorAll('.tile')].map((tile) => [...tile.querySelectorAll('dt, dd')].slice(0, 3).map(words));
    expect(tiles).toEqual([
      ['Connections', '2', '1 user'],
      ['Changes heard', '12', 'a second'],
      ['Messages sent', '1,234', 'a second'],
      ['Delivery lag', '5.1 s', 'for 99 %; 12 ms for half'],
    ]);
    expect(words(page.querySelector('.more'))).toBe('Slow consumers 0 Repairs 1 Refusals token-expired 3');
  });

  it('follows the figures, and says their past in words', async () => {
    const { page, answer, nextRound } = await anOperationsPage();
    await answer();
    await nextRound();
    await answer({ nodes: [aNode({ connected: 1_200, deliveryLagMs: null })] });
    expect([...page.querySelectorAll('svg[role=img]')].map(({ ariaLabel }) => ariaLabel)).toEqual([
      'Connections in the last 5 minutes: between 2 and 1,200',
      'Changes heard in the last 5 minutes: steady at 12',
      'Messages sent in the last 5 minutes: steady at 1,234',
      'Delivery lag in the last 5 minutes: steady at 5.1 s',
    ]);
    expect(words(page.querySelector('.tile:last-child'))).toBe('Delivery lag – nothing told lately');
  });

  it('shows each node in an order of its own, and names those that do not answer', async () => {
    const { page, answer, table } = await anOperationsPage();
    const nodes = [aNode({ node: 'node-2', host: 'gateway-b', streamLagMs: null }), aNode()];
    await answer({ nodes, missing: ['node-9-of-three'] });
    const figures = ['2', '1', '12', '1,234', '12 ms', '5.1 s'];
    expect(table('harmonia-node-table')).toEqual([
      ['gateway-a node-1', ...figures, '4 ms', '0', '1', '90 MB', 'just now'],
      ['gateway-b node-2', ...figures, '–', '0', '1', '90 MB', 'just now'],
      ['node-9-o', 'Does not answer.'],
    ]);
    expect(words(page.querySelector('harmonia-totals [role=status]'))).toBe('Without a node that does not answer: node-9-o.');
  });

  it('lists connections by user, with what they watch and where', async () => {
    const { answer, table } = await anOperationsPage();
    const plain = { id: 'c-2', userId: 'ben', client: 'plain', isSlow: true, node: 'node-7' } as const;
    const connections = [
      aConnection({ subscriptions: { jobs: 2, user: false, all: true } }),
      aConnection({ ...plain, subscriptions: { jobs: 0, user: false, all: false } }),
      aConnection({ id: 'c-3' }),
    ];
    await answer({}, { connections });
    expect(table('harmonia-connection-table')).toEqual([
      ['ann', '2 jobs, everybody’s jobs', 'Harmonia connection-1', 'gateway-a node-1', 'just now'],
      ['ben slow', 'nothing', 'Plain c-2', 'node-7', 'just now'],
      ['ann', '1 job, own list', 'Harmonia c-3', 'gateway-a node-1', 'just now'],
    ]);
  });

  it('turns the pages of connections, and keeps the one that is shown until the next is here', async () => {
    const { page, answer, button, stable, table } = await anOperationsPage();
    const pager = () => words(page.querySelector('harmonia-pager [role=status]'));
    await answer({}, { total: 201, nextPage: 'p2' });
    expect([pager(), button('Previous page')?.ariaDisabled]).toEqual(['201 connections, page 1', 'true']);
    button('Next page')?.click();
    await stable();
    expect([page.querySelector('[aria-busy=true]') !== null, table('harmonia-connection-table').length]).toEqual([true, 1]);
    expect(await answer({}, { connections: [], total: 201 })).toBe('page=p2');
    expect([pager(), button('Next page')?.ariaDisabled]).toEqual(['201 connections, page 2', 'true']);
    button('Next page')?.click();
    button('Previous page')?.click();
    await stable();
    expect(await answer()).toBeUndefined();
    expect(pager()).toBe('1 connection');
  });

  it('narrows the connections to one user', async () => {
    const { page, answer, stable, table } = await anOperationsPage();
    await answer();
    const input = page.querySelector<HTMLInputElement>('#connections-user');
    if (input) input.value = ' ben ';
    input?.dispatchEvent(new Event('change'));
    await stable();
    expect(await answer({}, { connections: [] })).toBe('userId=ben');
    expect(table('harmonia-connection-table')).toEqual([['This user is not connected.']]);
  });

  it('shows nothing but why to those who may not see it', async () => {
    const { page, refuse } = await anOperationsPage();
    await refuse(new RefusalError('forbidden').toRefusal());
    expect(words(page.querySelector('[role=alert]'))).toContain(REFUSALS.forbidden.cure);
    expect([page.querySelector('table'), page.querySelector('h2')?.textContent]).toEqual([null, 'For administrators only']);
  });

  it.each([
    ['unavailable', 'No connection to the server'],
    ['internal-error', 'The figures cannot be shown'],
  ] as const)('says so when there are no figures: %s, and asks again when told to', async (code, heading) => {
    const { page, refuse, answer, button, stable } = await anOperationsPage();
    await refuse(new RefusalError(code).toRefusal(), 503);
    expect(page.querySelector('h2')?.textContent).toBe(heading);
    button('Try again')?.click();
    await stable();
    await answer();
    expect(page.querySelector('harmonia-totals')).not.toBeNull();
  });

  it('keeps the figures on the page when there are none newer, and says so', async () => {
    const { page, answer, nextRound, refuse } = await anOperationsPage();
    await answer();
    await nextRound();
    await refuse(new RefusalError('unavailable', 'The store is away.').toRefusal(), 503);
    expect(words(page.querySelector('harmonia-connection-strip'))).toMatch(/The store is away.*may be out of date/);
    expect(page.querySelector('harmonia-totals')).not.toBeNull();
  });
});
