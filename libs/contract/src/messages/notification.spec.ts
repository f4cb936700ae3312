import * as v from 'valibot';
import { parseOrRefuse } from '../connection/payload.js';
import { RefusalError } from '../connection/refusal.js';
import { NewNotificationSchema } from './new-notification.js';
import { NotificationSchema } from './notification.js';

describe('a notification', () => {
  it('[M2] needs only a message', () => {
    expect(parseOrRefuse(NewNotificationSchema, { message: ' Ready.\nLook. ' })).toEqual({ message: 'Ready.\nLook.', level: 'info' });
    const whole = { id: 'export-1', title: 'Export', message: 'Ready 👩‍💻.', level: 'success' };
    expect(parseOrRefuse(NewNotificationSchema, whole)).toEqual(whole);
  });

  it.each([
    [{}, 'message: This is missing.'],
    [{ message: ' ' }, 'message: A message is not empty.'],
    [{ message: 'a'.repeat(2001) }, 'message: A message is at most 2000 characters.'],
    [{ message: 'a\u0000b' }, 'message: A message has printable characters and line breaks only.'],
    [{ message: 'safe \u202ekcab' }, 'message: A message has printable characters and line breaks only.'],
    [{ message: 'a', level: 'loud' }, 'level: A level is one of: info, success, warning, error.'],
    [{ message: 'a', id: '../x' }, 'id: An id has the characters of a job id.'],
    [{ message: 'a', title: '' }, 'title: A title is not empty.'],
  ])('[M2] is refused with what is wrong: %j', (said, sentence) => {
    expect(() => parseOrRefuse(NewNotificationSchema, said)).toThrow(new RefusalError('payload-invalid', sentence));
  });

  it('[M2] is read without a title', () => {
    const told = { id: 'a', title: null, message: 'Ready.', level: 'info', at: '2026-11-21T07:00:10.000Z' };
    expect(v.is(NotificationSchema, told)).toBe(true);
    expect(v.is(NotificationSchema, { ...told, at: 'today' })).toBe(false);
  });
});
