import type { GuideFile, MissingFile, Substitution } from './substitution.ts';

const port = (from: string): readonly Substitution[] => [
  { kind: 'port', guide: '', here: `import { gateway } from '${from}/gateway';` },
  { kind: 'port', guide: "this.socket = io('http://localhost:3333', {", here: 'this.socket = io(gateway.url, {' },
];

/** An excerpt that says `this` becomes a function to be called on what it takes for granted. */
const excerpt = (header: string): readonly Substitution[] => [
  { kind: 'module', guide: '', here: header },
  { kind: 'module', guide: '', here: '}', where: 'after' },
];

const socketIo: Substitution = { kind: 'imports', guide: '', here: "import { io, type Socket } from 'socket.io-client';" };
const store: Substitution = { kind: 'imports', guide: '', here: "import type { Store } from '@ngrx/store';" };
const actions: Substitution = { kind: 'imports', guide: '', here: "import * as JobsActions from '../store/jobs/jobs.actions';" };

/** Every block of the frontend, and every line in which what runs differs from what is written. */
export const FRONTEND_FILES: readonly GuideFile[] = [
  {
    heading: 'WebSocket Service',
    path: 'app/services/websocket.service.ts',
    rows: [
      ...port('..'),
      {
        kind: 'missing types',
        guide: '',
        here: "import type { JobCompletedEvent, JobFailedEvent, JobProgressEvent, JobStatusEvent } from '../store/jobs/job.types';",
      },
    ],
  },
  { heading: 'Connecting on Authentication', path: 'app/app.component.ts', rows: [] },
  {
    heading: 'Job Actions for Real-Time Updates',
    path: 'app/store/jobs/jobs.actions.ts',
    rows: [
      { kind: 'imports', guide: '', here: "import { createAction, props } from '@ngrx/store';" },
      { kind: 'missing types', guide: '', here: "import type { Job, JobProgress, JobStatus } from './job.types';" },
    ],
  },
  {
    heading: 'Reducer Handling',
    path: 'app/store/jobs/jobs.reducer.ts',
    rows: [
      { kind: 'imports', guide: '', here: "import { createReducer, on } from '@ngrx/store';" },
      { kind: 'imports', guide: '', here: "import * as JobsActions from './jobs.actions';" },
      { kind: 'missing types', guide: '', here: "import { initialJobsState, jobsAdapter } from './jobs.state';" },
    ],
  },
  {
    heading: 'Subscribe to Job Updates',
    path: 'app/pages/job-detail/job-detail.component.ts',
    rows: [
      { kind: 'imports', guide: '', here: "import { AsyncPipe, NgIf } from '@angular/common';" },
      { kind: 'imports', guide: '', here: "import { MatProgressBarModule } from '@angular/material/progress-bar';" },
      { kind: 'missing types', guide: '', here: "import type { Job } from '../../store/jobs/job.types';" },
      {
        kind: 'module',
        guide: "templateUrl: './job-detail.component.html',",
        here: "  templateUrl: './job-detail.component.html',\n  imports: [AsyncPipe, NgIf, MatProgressBarModule],",
      },
    ],
  },
  { heading: 'Display Real-Time Progress', path: 'app/pages/job-detail/job-detail.component.html', rows: [] },
  { heading: 'Frontend Service Testing', path: 'app/services/websocket.service.spec.ts', rows: [] },
  {
    heading: 'Sending Token from Frontend',
    path: 'app/excerpts/sending-token.ts',
    rows: [socketIo, ...port('..'), ...excerpt('export function sendToken(this: { socket: Socket; authToken: string }): void {')],
  },
  {
    heading: 'Connection Errors',
    path: 'app/excerpts/connection-errors.ts',
    rows: [
      { kind: 'imports', guide: '', here: "import type { Socket } from 'socket.io-client';" },
      store,
      actions,
      ...excerpt('export function handleConnectionErrors(this: { socket: Socket; store: Store }): void {'),
    ],
  },
  {
    heading: 'Reconnection Strategy',
    path: 'app/excerpts/reconnection-strategy.ts',
    rows: [
      socketIo,
      store,
      actions,
      ...port('..'),
      ...excerpt('export function reconnect(this: { socket: Socket; store: Store; authToken: string }): void {'),
      { kind: 'token', guide: 'reconnection: true,', here: '  auth: { token: this.authToken },\n  reconnection: true,' },
      {
        kind: 'manager for reconnect',
        guide: "this.socket.on('reconnect', (attemptNumber) => {",
        here: "this.socket.io.on('reconnect', (attemptNumber) => {",
      },
    ],
  },
  {
    heading: 'Timeout Handling',
    path: 'app/excerpts/timeout-handling.ts',
    rows: [
      { kind: 'imports', guide: '', here: "import type { Socket } from 'socket.io-client';" },
      {
        kind: 'missing types',
        guide: '',
        here: "import type { ClientToServerEvents, ServerToClientEvents } from '@harmonia/contract';",
      },
      ...excerpt(
        'export function subscribeWithTimeout(this: { socket: Socket<ServerToClientEvents, ClientToServerEvents> }, jobId: string): void {',
      ),
    ],
  },
  {
    heading: 'Debounce Frequent Updates',
    path: 'app/excerpts/debounce.ts',
    rows: [
      store,
      actions,
      { kind: 'imports', guide: '', here: "import type { Observable } from 'rxjs';\nimport { takeUntil } from 'rxjs/operators';" },
      { kind: 'missing types', guide: '', here: "import type { JobProgressEvent } from '../store/jobs/job.types';" },
      {
        kind: 'missing types',
        guide: '',
        here: 'interface Service { store: Store; destroy$: Observable<void>; getJobProgressUpdates(): Observable<JobProgressEvent> }',
      },
      {
        kind: 'module',
        guide: "import { debounceTime } from 'rxjs/operators';",
        here: "import { debounceTime } from 'rxjs/operators';\nexport function debounceUpdates(this: Service): void {",
      },
      { kind: 'module', guide: '', here: '}', where: 'after' },
    ],
  },
  {
    heading: 'Selective Room Subscriptions',
    path: 'app/excerpts/selective-subscriptions.ts',
    rows: [
      { kind: 'imports', guide: '', here: "import type { WebSocketService } from '../services/websocket.service';" },
      ...excerpt('export class SelectiveSubscriptions {'),
      {
        kind: 'missing types',
        guide: '// Subscribe when component mounts',
        here: 'constructor(readonly websocketService: WebSocketService, readonly jobId: string) {}\n// Subscribe when component mounts',
      },
    ],
  },
];

/** What the guide's blocks import, or take for granted, and the guide does not show. */
export const FRONTEND_MISSING: readonly MissingFile[] = [
  { path: 'app/gateway.ts', lines: "export const gateway = { url: '' };" },
  { path: 'app/app.component.html', lines: '<main></main>' },
  {
    path: 'app/store/app.state.ts',
    lines: `import type { JobsState } from './jobs/jobs.state';
export interface AppState { jobs: JobsState; auth: { token: string | null } }`,
  },
  {
    path: 'app/store/auth/auth.selectors.ts',
    lines: `import type { AppState } from '../app.state';
export const selectAuthToken = (state: AppState) => state.auth.token;
export const selectIsAuthenticated = (state: AppState) => state.auth.token !== null;`,
  },
  {
    path: 'app/store/jobs/job.types.ts',
    lines: `import type { Job, JobProgress, JobStatus } from '@harmonia/contract';
export type { Job, JobProgress, JobStatus };
export interface JobStatusEvent { id: string; status: JobStatus }
export interface JobProgressEvent { id: string; progress: JobProgress }
export interface JobCompletedEvent { job: Job }
export interface JobFailedEvent { id: string; error: string }`,
  },
  {
    path: 'app/store/jobs/jobs.state.ts',
    lines: `import { createEntityAdapter, type EntityState } from '@ngrx/entity';
import type { Job } from './job.types';
export type JobsState = EntityState<Job>;
export const jobsAdapter = createEntityAdapter<Job>();
export const initialJobsState: JobsState = jobsAdapter.getInitialState();`,
  },
  {
    path: 'app/store/jobs/jobs.selectors.ts',
    lines: `import type { AppState } from '../app.state';
export const selectJobById = (id: string) => (state: AppState) => state.jobs.entities[id] ?? null;`,
  },
];
