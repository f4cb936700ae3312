import { inject, Injectable } from '@angular/core';
import type { Job, JobProgress, JobStatus } from '@harmonia/contract';
import { Store } from '@ngrx/store';
import { fromEvent } from 'rxjs';
import { io, type Socket } from 'socket.io-client';
import * as JobsActions from './guide-jobs';

/** The integration guide's WebSocketService: every event is an action of its own, as it comes. */
@Injectable({ providedIn: 'root' })
export class GuideWebSocketService {
  private readonly store = inject(Store);
  private socket: Socket | null = null;

  connect(token: string): void {
    if (this.socket?.connected) return;
    this.socket = io({ auth: { token }, transports: ['websocket'], reconnection: true, reconnectionAttempts: 5, reconnectionDelay: 1000 });
    this.socket.on('connect', () => this.store.dispatch(JobsActions.realTimeConnectionEstablished()));
    this.socket.on('connect_error', ({ message }) => this.store.dispatch(JobsActions.realTimeConnectionLost({ error: message })));
    this.setupJobEventListeners(this.socket);
  }

  subscribeToUserJobs(): void {
    this.socket?.emit('jobs:subscribe:user');
  }

  private setupJobEventListeners(socket: Socket): void {
    fromEvent<{ id: string; status: JobStatus }>(socket, 'job:status').subscribe(({ id, status }) =>
      this.store.dispatch(JobsActions.jobStatusUpdated({ id, status })),
    );
    fromEvent<{ id: string; progress: JobProgress }>(socket, 'job:progress').subscribe(({ id, progress }) =>
      this.store.dispatch(JobsActions.jobProgressUpdated({ id, progress })),
    );
    fromEvent<{ job: Job }>(socket, 'job:completed').subscribe(({ job }) => this.store.dispatch(JobsActions.jobCompleted({ job })));
    fromEvent<{ id: string; error: string }>(socket, 'job:failed').subscribe(({ id, error }) =>
      this.store.dispatch(JobsActions.jobFailed({ id, error })),
    );
  }
}
