import { scrub } from './scrub.js';

describe('scrub', () => {
  it.each([
    ['{"err":"jwt malformed: eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl"}', '{"err":"jwt malformed: ***"}'],
    ['Authorization: Bearer hunter2, of ann', 'Authorization: Bearer ***, of ann'],
    ['GET /api/jobs/a/result?ticket=abc_1&x=2', 'GET /api/jobs/a/result?ticket=***&x=2'],
    ['{"path":"/socket.io/?sid=abc"}', '{"path":"/socket.io/?sid=***"}'],
  ])('takes the secret out of %s', (line, scrubbed) => {
    expect(scrub(line)).toBe(scrubbed);
  });

  it('leaves everything else as it is', () => {
    const line = '{"level":"info","jobId":"eyJ-1","msg":"The bearer of the ticket came."}';
    expect(scrub(line)).toBe(line);
  });
});
