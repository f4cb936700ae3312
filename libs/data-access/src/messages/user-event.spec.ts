import { inject, Injectable } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { Actions, createEffect, provideEffects } from '@ngrx/effects';
import { createAction, createReducer, on, props, provideState } from '@ngrx/store';
import { map } from 'rxjs';
import { aHost, settle } from '../harmonia.fixture';
import { ownEvent } from './own-event';
import { ofUserEvent } from './user-event';

// The documented example, as an application writes it: declared once, for the server's emitToUser and for this client.
declare module '@harmonia/contract' {
  interface UserEvents {
    'analysis:started': { interviewId: string };
    'analysis:completed': { interviewId: string; message: string };
    'analysis:failed': { interviewId: string; error: string };
  }
}

const AnalysisMoved = createAction('[Interviews] Analysis moved', props<{ interviewId: string; to: string; at: string }>());

const analyses = createReducer<Record<string, string>>(
  {},
  on(AnalysisMoved, (state, { interviewId, to }) => ({ ...state, [interviewId]: to })),
);

@Injectable()
class AnalysisEffects {
  private readonly actions = inject(Actions);
  readonly started = createEffect(() =>
    this.actions.pipe(
      ofUserEvent('analysis:started'),
      map(({ interviewId, timestamp }) => AnalysisMoved({ interviewId, to: 'running', at: timestamp })),
    ),
  );
  readonly completed = createEffect(() =>
    this.actions.pipe(
      ofUserEvent('analysis:completed'),
      map(({ interviewId, message, timestamp }) => AnalysisMoved({ interviewId, to: message, at: timestamp })),
    ),
  );
  readonly failed = createEffect(() =>
    this.actions.pipe(
      ofUserEvent('analysis:failed'),
      map(({ interviewId, error, timestamp }) => AnalysisMoved({ interviewId, to: error, at: timestamp })),
    ),
  );
}

const timestamp = '2026-03-01T10:00:00.000Z';

describe('ofUserEvent', () => {
  it('[M1] brings analysis:started, analysis:completed and analysis:failed into the state of an application', async () => {
    const { socket, store } = aHost(() => 'token-1', [provideState('analyses', analyses), provideEffects(AnalysisEffects)]);
    await settle();
    socket.accept();
    const say = (name: string, payload: object) => socket.say({ kind: 'own', event: { name, payload: { ...payload, timestamp } } });
    const state = store.selectSignal((root: { analyses?: Record<string, string> }) => root.analyses);
    say('analysis:started', { interviewId: 'may' });
    say('analysis:started', { interviewId: 'june' });
    expect(state()).toEqual({ may: 'running', june: 'running' });
    say('analysis:completed', { interviewId: 'may', message: '12 topics' });
    say('analysis:failed', { interviewId: 'june', error: 'It has no sound.' });
    say('interview:archived', { interviewId: 'may' });
    expect(state()).toEqual({ may: '12 topics', june: 'It has no sound.' });
    expect(TestBed.inject(AnalysisEffects)).toBeDefined();
  });

  it.each([undefined, null, 'text', {}, { timestamp: 'now' }, { timestamp: 7 }])('takes %j for no event of the application', (payload) => {
    expect(ownEvent('analysis:started', payload)).toBeNull();
  });
});
