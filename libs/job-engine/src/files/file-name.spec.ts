import * as fc from 'fast-check';
import { isFileKey } from './file-key.js';
import { safeFileName } from './file-name.js';

describe('safeFileName', () => {
  it.each([
    ['report.md', 'report.md'],
    ['Übersicht Mai.md', 'Übersicht Mai.md'],
    ['../../etc/passwd', '_.._etc_passwd'],
    ['C:\\temp\\a.md', 'C_temp_a.md'],
    ['a\0b\nc.md', 'a_b_c.md'],
    ['.hidden', 'hidden'],
    ['ends with dots...', 'ends with dots'],
    ['   ', 'file'],
    ['', 'file'],
    ['..', 'file'],
    ['what? "that" <is>|*.md', 'what_ _that_ _is_.md'],
  ])('makes %j readable and safe: %j', (name, safe) => {
    expect(safeFileName(name)).toBe(safe);
  });

  it('cuts what is too long before the extension, between characters', () => {
    expect(safeFileName(`${'é'.repeat(300)}.pdf`)).toBe(`${'é'.repeat(98)}.pdf`);
    expect(safeFileName('x'.repeat(300))).toBe('x'.repeat(200));
    expect(safeFileName('😀'.repeat(100))).toBe('😀'.repeat(50));
  });

  it('always makes the last segment of a key, and leaves it as it is then', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.string({ maxLength: 300 })), (name) => {
        const safe = safeFileName(name);
        return isFileKey(`results/a/1/${safe}`) && safeFileName(safe) === safe;
      }),
      { numRuns: 500 },
    );
  });
});
