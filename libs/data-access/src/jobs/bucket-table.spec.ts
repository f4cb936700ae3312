import * as fc from 'fast-check';
import { EMPTY_TABLE, rowOf, TableDraft, withoutRows, type BucketTable } from './bucket-table';

const ID = fc.nat(300).map((number) => `id-${number}`);
const STEP = fc.oneof(fc.record({ put: fc.dictionary(ID, fc.nat()) }), fc.record({ drop: fc.array(ID) }));

function withRows<Row>(table: BucketTable<Row>, rows: ReadonlyMap<string, Row>): BucketTable<Row> {
  const draft = new TableDraft(table);
  for (const [id, row] of rows) {
    draft.put(id, row);
    expect(draft.at(draft.slotOf(id) ?? -1)).toBe(row);
  }
  return draft.table();
}

describe('BucketTable', () => {
  it('holds what a map would hold after any steps, and uses free slots again', () => {
    fc.assert(
      fc.property(fc.array(STEP, { maxLength: 30 }), (steps) => {
        const map = new Map<string, number>();
        let table: BucketTable<number> = EMPTY_TABLE;
        let most = 0;
        for (const step of steps) {
          if ('put' in step) for (const [id, row] of Object.entries(step.put)) map.set(id, row);
          else for (const id of step.drop) map.delete(id);
          table = 'put' in step ? withRows(table, new Map(Object.entries(step.put))) : withoutRows(table, step.drop);
          most = Math.max(most, map.size);
        }
        for (let number = 0; number <= 300; number++) expect(rowOf(table, `id-${number}`)).toBe(map.get(`id-${number}`) ?? null);
        expect(table.buckets.length).toBeLessThanOrEqual(Math.ceil(most / 32));
      }),
      { numRuns: 300 },
    );
  });

  it('takes no more room than it needs while rows come and go', () => {
    let table: BucketTable<number> = EMPTY_TABLE;
    for (let number = 0; number < 1000; number++) {
      table = withoutRows(withRows(table, new Map([[`id-${number}`, number]])), [`id-${number - 10}`]);
    }
    expect(table.buckets).toHaveLength(1);
  });

  it('copies only the bucket of a row that changed', () => {
    const rows = new Map(Array.from({ length: 200 }, (_, index) => [`id-${index}`, index]));
    const before = withRows(EMPTY_TABLE as BucketTable<number>, rows);
    const after = withRows(before, new Map([['id-70', -1]]));
    expect(after.slots).toBe(before.slots);
    expect(after.buckets.map((bucket, index) => bucket === before.buckets[index])).toEqual([true, true, false, true, true, true, true]);
    expect(rowOf(before, 'id-70')).toBe(70);
  });

  it('stays the same table when nothing changes', () => {
    const table = withRows(EMPTY_TABLE as BucketTable<number>, new Map([['a', 1]]));
    expect(withRows(table, new Map())).toEqual(table);
    expect(withoutRows(table, ['b'])).toBe(table);
  });
});
