import { TestBed } from '@angular/core/testing';
import { People, type Person } from './people';

const since = '2026-03-01T10:00:00.000Z';
const you: Person = { userId: 'ada', name: 'Ada', since, isYou: true };
const others = ['Grace', 'Ben', 'Cy', 'Dan', 'Eve'].map((name): Person => ({ userId: name.toLowerCase(), name, since, isYou: false }));

async function shown(people: readonly Person[], count = people.length) {
  const fixture = TestBed.createComponent(People);
  for (const [input, value] of Object.entries({ people, count, what: 'watch this job' })) fixture.componentRef.setInput(input, value);
  await fixture.whenStable();
  const element: HTMLElement = fixture.nativeElement;
  const button = element.querySelector('button');
  return {
    button,
    label: button?.firstElementChild?.textContent,
    faces: [...(button?.children ?? [])].slice(1).map(({ textContent }) => textContent),
    names: [...element.querySelectorAll('li')].map(({ textContent }) => textContent?.trim()),
    listId: element.querySelector('[popover]')?.id,
  };
}

describe('People', () => {
  it.each([[[]], [[you]]])('shows nothing while nobody else is there', async (people) => {
    expect((await shown(people)).button).toBeNull();
  });

  it('names everybody, the reader last, and opens the list of them', async () => {
    const { label, faces, names, button, listId } = await shown([you, ...others.slice(0, 1)]);
    expect(label).toBe('2 people watch this job: Grace, Ada (you)');
    expect(faces).toEqual(['G', 'A']);
    expect(names).toEqual(['GGrace', 'AAda (you)'].map((text) => expect.stringContaining(text.slice(1))));
    expect([button?.getAttribute('popovertarget'), button?.type]).toEqual([listId, 'button']);
  });

  it('says how many more there are, of those who are not shown and those who are not even named', async () => {
    const six = await shown([...others, you]);
    expect([six.label, six.faces]).toEqual(['6 people watch this job: Grace, Ben, Cy, Dan, 2 more', ['G', 'B', 'C', '+3']]);
    const crowd = await shown([...others, you], 60);
    expect([crowd.faces.at(-1), crowd.names.at(-1)]).toEqual(['+57', 'and 54 more']);
  });

  it('calls somebody without a name by their id', async () => {
    expect((await shown([{ userId: 'u-7', since, isYou: false }, you])).label).toBe('2 people watch this job: u-7, Ada (you)');
  });
});
