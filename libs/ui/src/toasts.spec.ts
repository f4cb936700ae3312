import { TestBed } from '@angular/core/testing';
import type { ToastMessage } from './toast';
import { Toasts } from './toasts';

const aToast = (id: string, changes: Partial<ToastMessage> = {}): ToastMessage => ({
  id,
  title: null,
  message: `This is ${id}.`,
  level: 'info',
  ...changes,
});

function setUp(...toasts: ToastMessage[]) {
  const fixture = TestBed.createComponent(Toasts);
  const element: HTMLElement = fixture.nativeElement;
  let kept = toasts;
  const show = (next: ToastMessage[]) => {
    kept = next;
    fixture.componentRef.setInput('toasts', kept);
    TestBed.tick();
  };
  fixture.componentInstance.dismissed.subscribe((id) => show(kept.filter((toast) => toast.id !== id)));
  document.body.append(element);
  show(toasts);
  const pass = (ms: number) => {
    jest.advanceTimersByTime(ms);
    TestBed.tick();
  };
  const dismiss = (id: string) => [...element.querySelectorAll('button')].find(({ ariaLabel }) => ariaLabel?.includes(id));
  return { element, show, pass, dismiss, ids: () => kept.map(({ id }) => id), section: () => element.querySelector('section') };
}

describe('Toasts', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => {
    jest.useRealTimers();
    document.body.replaceChildren();
  });

  it('shows nothing where nothing is said', () => {
    expect(setUp().section()).toBeNull();
  });

  it('shows each for as long as it takes to read, errors until they are dismissed', () => {
    const long = aToast('long', { message: 'word '.repeat(80) });
    const { pass, ids, dismiss } = setUp(aToast('a'), long, aToast('wrong', { level: 'error', title: 'It broke' }));
    pass(8_000);
    expect(ids()).toEqual(['long', 'wrong']);
    pass(16_000);
    expect(ids()).toEqual(['wrong']);
    pass(600_000);
    expect(ids()).toEqual(['wrong']);
    dismiss('It broke')?.click();
    expect(ids()).toEqual([]);
  });

  it('lets none go while the pointer is on any, and gives it all its time afterwards', () => {
    const { pass, ids, section } = setUp(aToast('a'));
    pass(7_000);
    section()?.dispatchEvent(new MouseEvent('mouseenter'));
    pass(60_000);
    expect(ids()).toEqual(['a']);
    section()?.dispatchEvent(new MouseEvent('mouseleave'));
    pass(7_000);
    expect(ids()).toEqual(['a']);
    pass(1_000);
    expect(ids()).toEqual([]);
  });

  it('lets none go while the focus is in them, or the page is hidden', () => {
    const { pass, ids, dismiss } = setUp(aToast('a'));
    dismiss('a')?.focus();
    pass(60_000);
    dismiss('a')?.blur();
    pass(4_000);
    const hidden = jest.spyOn(document, 'hidden', 'get').mockReturnValue(true);
    document.dispatchEvent(new Event('visibilitychange'));
    pass(60_000);
    expect(ids()).toEqual(['a']);
    hidden.mockRestore();
    document.dispatchEvent(new Event('visibilitychange'));
    pass(8_000);
    expect(ids()).toEqual([]);
  });

  it('does not stay for a pointer that was on the last of those before', () => {
    const { pass, ids, section, dismiss, show } = setUp(aToast('a'));
    section()?.dispatchEvent(new MouseEvent('mouseenter'));
    dismiss('a')?.click();
    show([aToast('b')]);
    pass(8_000);
    expect(ids()).toEqual([]);
  });

  it('is dismissed by Escape; the focus goes to the next, and after the last to where it came from', () => {
    const before = document.createElement('button');
    document.body.append(before);
    const { dismiss, ids } = setUp(aToast('b'), aToast('a'));
    before.focus();
    dismiss('a')?.focus();
    const escape = () => document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
    escape();
    expect(ids()).toEqual(['b']);
    expect(document.activeElement).toBe(dismiss('b'));
    escape();
    expect([ids(), document.activeElement]).toEqual([[], before]);
  });

  it('shows the three newest, the newest last, and says how many wait behind them', () => {
    const five = ['e', 'd', 'c', 'b', 'a'].map((id) => aToast(id, { level: 'error' }));
    const { element, dismiss, ids } = setUp(...five);
    const shown = () => [...element.querySelectorAll('li p')].map(({ textContent }) => textContent);
    expect(shown()).toEqual(['This is c.', 'This is d.', 'This is e.']);
    expect(element.querySelector('.waiting')?.textContent).toContain('2 more');
    dismiss('This is d')?.click();
    expect(shown()).toEqual(['This is b.', 'This is c.', 'This is e.']);
    [...element.querySelectorAll('button')].find(({ textContent }) => textContent === 'Dismiss all')?.click();
    expect(ids()).toEqual([]);
  });

  it('lets a long one be scrolled by keyboard', () => {
    const { element } = setUp(
      aToast('long', { message: 'word '.repeat(80) }),
      aToast('tall', { message: 'line\n'.repeat(9) }),
      aToast('a'),
    );
    expect([...element.querySelectorAll('.text')].map((text) => text.getAttribute('tabindex'))).toEqual([null, '0', '0']);
  });

  it('says its level in words, beside title and message', () => {
    const { element } = setUp(aToast('a', { level: 'warning', title: 'Tonight', message: 'We stop.\nAt ten.' }));
    expect(element.querySelector('harmonia-toast .text')?.textContent?.replace(/ +/g, ' ')).toContain('Warning: TonightWe stop.\nAt ten.');
    expect(element.querySelector('section')?.getAttribute('aria-label')).toBe('Messages');
  });
});
