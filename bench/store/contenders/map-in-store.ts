import type { Job } from '@harmonia/contract';
import { createAction, createFeatureSelector, createReducer, on, props, provideStore, Store } from '@ngrx/store';
import type { Contender } from '../contender.ts';
import { page } from '../page.ts';
import { mapFloor } from './map-floor.ts';

const mapChanged = createAction('[Map] Changed', props<{ told: readonly Job[] }>());

/**
 * What nobody who keeps jobs in NgRx can do without: the bare map, told by one action a frame, and one subscriber who is told
 * that it changed. Its reducer changes the map in place, which no real one may.
 */
export async function mapInStore(jobs: readonly Job[]): Promise<Contender<readonly Job[]>> {
  const floor = mapFloor(jobs);
  const reducer = createReducer(
    { frames: 0 },
    on(mapChanged, ({ frames }, { told }) => {
      floor.take(told);
      return { frames: frames + 1 };
    }),
  );
  const store = (await page([provideStore({ map: reducer })])).get(Store);
  let seen = 0;
  store.select(createFeatureSelector<{ frames: number }>('map')).subscribe(({ frames }) => (seen = frames));
  return {
    told: floor.told,
    take: (told) => store.dispatch(mapChanged({ told })),
    shown: () => (seen > 0 ? floor.shown() : []),
  };
}
