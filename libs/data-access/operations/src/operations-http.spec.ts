import { HttpTestingController } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import { aHost, settle } from '../../src/harmonia.fixture';
import { OperationsHttp } from './operations-http';
import { provideOperations } from './provide-operations';

describe('OperationsHttp', () => {
  it('[M2] announces, and says why that was refused', async () => {
    aHost(() => 'token-1', [provideOperations()]);
    const server = TestBed.inject(HttpTestingController);
    const announce = async (message: string) => {
      const announced = TestBed.inject(OperationsHttp).announce({ id: 'a-1', message });
      await settle();
      return { announced, request: server.expectOne({ method: 'POST', url: '/api/announcements' }) };
    };
    const good = await announce('Hello.');
    expect(good.request.request.body).toEqual({ id: 'a-1', message: 'Hello.' });
    good.request.flush({ id: 'a-1' }, { status: 202, statusText: 'Accepted' });
    await good.announced;
    const bad = await announce('');
    const error = { code: 'payload-invalid', message: 'message: A message is not empty.' };
    bad.request.flush({ error }, { status: 400, statusText: 'Bad Request' });
    await expect(bad.announced).rejects.toMatchObject(error);
  });
});
