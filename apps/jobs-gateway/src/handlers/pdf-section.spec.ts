import { pageSection, plainText } from './pdf-section.js';

const line = (text: string, y: number) => ({ text, y, height: 10 });

describe('pageSection', () => {
  it('keeps lines and parts paragraphs where the gap is unusually wide', () => {
    const lines = [line('One', 700), line('still one', 688), line('Two', 664), line('still two', 652), line('and on', 640)];
    expect(pageSection(7, lines)).toBe('## Page 7\n\nOne\nstill one\n\nTwo\nstill two\nand on\n\n');
  });

  it('takes double spacing for what it is', () => {
    expect(pageSection(1, [line('a', 700), line('b', 676), line('c', 652)])).toBe('## Page 1\n\na\nb\nc\n\n');
  });

  it('begins a paragraph at a new column', () => {
    expect(pageSection(1, [line('left', 112), line('end', 100), line('right', 700)])).toBe('## Page 1\n\nleft\nend\n\nright\n\n');
  });

  it('says so when a page has no text', () => {
    expect(pageSection(2, [line('  ', 700)])).toBe('## Page 2\n\n_No text on this page._\n\n');
  });
});

describe('plainText', () => {
  it.each([
    ['# 1 of 2', '\\# 1 of 2'],
    ['#hash', '#hash'],
    ['- item', '\\- item'],
    ['2. point', '2\\. point'],
    ['3.5 metres', '3.5 metres'],
    ['snake_case *and* [links](x) <b>', 'snake\\_case \\*and\\* \\[links\\](x) \\<b\\>'],
    [' two \t spaces ', 'two spaces'],
    ['Here ends the sample: all 40 pages were read.', 'Here ends the sample: all 40 pages were read.'],
  ])('shows %j as it is', (text, markdown) => {
    expect(plainText(text)).toBe(markdown);
  });
});
