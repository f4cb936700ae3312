import { RefusalError, REFUSALS } from '@harmonia/contract';
import { explain } from './explain';

describe('explain', () => {
  it('says what is wrong and the cure, and the cure once', () => {
    const { cure } = REFUSALS['file-empty'];
    expect(explain(new RefusalError('file-empty', 'The file has 0 bytes.'))).toBe(`The file has 0 bytes. ${cure}`);
    expect(explain(new RefusalError('file-empty'))).toBe(cure);
  });

  it('does not show what only a programmer understands', () => {
    expect(explain(new TypeError('x is undefined'))).toBe('Something went wrong in this page. Try again.');
  });
});
