import { provideHttpClient } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import { provideRouter } from '@angular/router';
import { RouterTestingHarness } from '@angular/router/testing';
import type { Connection, NodeStats, Refusal } from '@harmonia/contract';
import { OperationsActions, type GatewayFigures, type ListedConnections } from '@harmonia/data-access/operations';
import { GatewayDouble, provideHarmoniaTesting } from '@harmonia/data-access/testing';
import { provideEffects } from '@ngrx/effects';
import { provideStore, Store } from '@ngrx/store';
import { operationsRoutes } from './operations.routes';

const STATS = '/api/v1/websocket/stats';

/** A node with something to do, changed as said. */
export function aNode(changes: Partial<NodeStats> = {}): NodeStats {
  return {
    node: 'node-1',
    host: 'gateway-a',
    isHere: true,
    startedAt: new Date().toISOString(),
    connected: 2,
    users: 1,
    subscriptions: { jobs: 1, users: 1, all: 0 },
    rates: { eventsInPerSecond: 12.25, eventsOutPerSecond: 1234 },
    deliveryLagMs: { p50: 12, p99: 5_120 },
    streamLagMs: 4,
    slowConsumers: 0,
    repairs: 1,
    refusals: { 'token-expired': 3 },
    memoryBytes: 90_000_000,
    ...changes,
  };
}

/** Somebody who is connected, changed as said. */
export function aConnection(changes: Partial<Connection> = {}): Connection {
  const subscriptions = { jobs: 1, user: true, all: false };
  const since = new Date().toISOString();
  return { id: 'connection-1', userId: 'ann', node: 'node-1', since, client: 'harmonia', isSlow: false, subscriptions, ...changes };
}

/** What is written there, one space between its parts. */
export function words(element: Element | null | undefined): string {
  const parts = [...(element?.childNodes ?? [])].map((node) => {
    if (node instanceof Element) return words(node);
    return node instanceof Text ? node.data.replaceAll('\u00ad', '').replace(/\s+/g, ' ').trim() : '';
  });
  return parts.filter((part) => part !== '').join(' ');
}

/** The operations page under its route, with the real store and a server that has not answered yet. */
export async function anOperationsPage({ roles = ['admin'] }: { readonly roles?: readonly string[] } = {}) {
  TestBed.configureTestingModule({
    providers: [
      provideRouter(operationsRoutes),
      provideHttpClient(),
      provideHttpClientTesting(),
      provideStore(),
      provideEffects(),
      provideHarmoniaTesting(),
    ],
  });
  const gateway = TestBed.inject(GatewayDouble);
  gateway.roles = roles;
  const harness = await RouterTestingHarness.create('/');
  const server = TestBed.inject(HttpTestingController);
  const page: HTMLElement = harness.fixture.nativeElement;
  /** After everything that waits for promises, the page is drawn. While the audit is not answered it is never at rest. */
  const stable = async () => {
    await gateway.advanceFrame();
    await gateway.advanceFrame();
  };
  const isOfConnections = ({ url }: { readonly url: string }) => url.startsWith('/api/v1/websocket/connections');
  await stable();
  return {
    page,
    gateway,
    server,
    stable,
    /** The server answers the figures that were asked for; says for which connections was asked. */
    answer: async (figures: Partial<GatewayFigures> = {}, connections: Partial<ListedConnections> = {}) => {
      const nodes: readonly NodeStats[] = figures.nodes ?? [aNode()];
      const connected = nodes.reduce((total, node) => total + node.connected, 0);
      const data = { connected, users: 1, timestamp: new Date().toISOString(), nodes, missing: [], ...figures };
      const list = connections.connections ?? [aConnection()];
      server.expectOne(STATS).flush({ success: true, data });
      const [request] = server.match(isOfConnections);
      request?.flush({ success: true, data: { connections: list, total: list.length, nextPage: null, missing: [], ...connections } });
      await stable();
      return request?.request.url.split('?')[1];
    },
    /** The server refuses the figures. */
    refuse: async (error: Refusal, status = 403) => {
      server.match(isOfConnections);
      server.expectOne(STATS).flush({ error }, { status, statusText: 'No' });
      await stable();
    },
    /** Two seconds are over. */
    nextRound: async () => {
      TestBed.inject(Store).dispatch(OperationsActions.askedAgain());
      await stable();
    },
    button: (name: string) =>
      [...page.querySelectorAll('button')].find(({ textContent, ariaLabel }) => `${textContent} ${ariaLabel}`.includes(name)),
    /** What a table says, row by row and cell by cell. */
    table: (name: string) => [...page.querySelectorAll(`${name} tbody tr`)].map((row) => [...row.children].map(words)),
  };
}
