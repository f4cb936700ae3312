import { announcementProblems } from './announcement-problems';
import { anOperationsPage, words } from './operations.fixture';

const URL = '/api/announcements';

/** The form, filled in. */
async function aForm() {
  const operations = await anOperationsPage();
  await operations.answer();
  const { page, button, stable, server } = operations;
  document.body.append(page);
  const write = (name: string, value: string) => {
    const field = page.querySelector<HTMLInputElement | HTMLTextAreaElement>(`[name=${name}]`);
    if (field) field.value = value;
  };
  const send = async () => {
    button('Send to everybody')?.click();
    await stable();
    return server.match({ method: 'POST', url: URL });
  };
  const field = (name: string) => page.querySelector<HTMLInputElement>(`[name=${name}]`);
  return { ...operations, write, send, field, said: () => words(page.querySelector('form .end')) };
}

describe('AnnouncementForm', () => {
  it('[M2] sends what was written, once, and is empty again', async () => {
    const { write, send, field, said, stable, page } = await aForm();
    write('title', 'Soon');
    write('message', 'We restart at noon.');
    write('level', 'warning');
    const [request] = await send();
    expect(await send()).toEqual([]);
    const id = expect.stringMatching(/^[0-9a-f]{24}$/);
    expect(request?.request.body).toEqual({ id, title: 'Soon', message: 'We restart at noon.', level: 'warning' });
    request?.flush({ id: 'a-1' });
    await stable();
    expect(said()).toContain('Sent to everybody who is connected.');
    expect([field('title')?.value, field('message')?.value, field('level')?.value]).toEqual(['', '', 'info']);
    page.remove();
  });

  it('says what the server refuses at the field, which has the focus then', async () => {
    const { send, field, stable, page } = await aForm();
    const [request] = await send();
    expect(request?.request.body).toMatchObject({ message: '', level: 'info' });
    const error = { code: 'payload-invalid', message: 'message: A message is not empty.' };
    request?.flush({ error }, { status: 400, statusText: 'Bad Request' });
    await stable();
    const problem = document.getElementById(field('message')?.getAttribute('aria-describedby') ?? '');
    expect([words(problem), field('message')?.ariaInvalid]).toEqual(['A message is not empty.', 'true']);
    expect(document.activeElement).toBe(field('message'));
    expect(page.querySelector('form [role=alert]')).toBeNull();
    page.remove();
  });

  it('keeps what was written when it could not be sent, and sends it as the same one again', async () => {
    const { write, send, field, stable, page } = await aForm();
    write('message', 'Hello.');
    const [first] = await send();
    first?.error(new ProgressEvent('error'));
    await stable();
    expect(words(page.querySelector('form [role=alert]'))).toContain('The gateway cannot be reached.');
    expect(field('message')?.value).toBe('Hello.');
    const [second] = await send();
    expect(second?.request.body).toEqual(first?.request.body);
    page.remove();
  });
});

describe('announcementProblems', () => {
  it.each([
    ['title: A title is not empty. message: A message is a string.', { title: 'A title is not empty.', message: 'A message is a string.' }],
    ['level: A level is one of: info, success, warning, error.', { level: 'A level is one of: info, success, warning, error.' }],
    ['id: An id is a string. message: This is missing.', { rest: 'id: An id is a string.', message: 'This is missing.' }],
    ['payload: This must be an object.', { rest: 'payload: This must be an object.' }],
  ])('takes “%s” apart', (sentence, problems) => {
    expect(announcementProblems(sentence)).toEqual({ title: null, message: null, level: null, rest: null, ...problems });
  });
});
