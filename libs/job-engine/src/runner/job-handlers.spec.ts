import { Inject, Injectable, Scope, type Provider, type Type } from '@nestjs/common';
import { temporaryDirectory, TestEngine } from '../engine.suite.js';
import type { HarmoniaJobsOptions } from '../job-engine.options.js';
import { JobPublisher } from '../publishing/job-publisher.js';
import { JobHandler, type JobRunner } from './job-handler.js';
import { JobHandlers } from './job-handlers.js';

@JobHandler('plain')
class Plain implements JobRunner {
  run = () => null;
}

@JobHandler('plain')
class Twin implements JobRunner {
  run = () => null;
}

@JobHandler('asking')
class Asking implements JobRunner {
  constructor(@Inject(JobPublisher) readonly publisher: JobPublisher) {}

  run() {
    return this.publisher.created({ id: 'made', userId: 'ann', jobType: 'external' }).then(({ id }) => id);
  }
}

@Injectable()
class Undecorated implements JobRunner {
  run = () => null;
}

@JobHandler('constructor')
class Misnamed implements JobRunner {
  run = () => null;
}

class Idle {}
JobHandler('idle')(Idle as Type<JobRunner>);

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let engine: TestEngine | undefined;

beforeEach(async () => {
  directory = await temporaryDirectory();
});

afterEach(async () => {
  await engine?.app.close();
  engine = undefined;
  await directory.remove();
});

async function start(options: Partial<HarmoniaJobsOptions>, providers: Provider[] = []): Promise<JobHandlers> {
  engine = await TestEngine.start(directory.path, options, providers);
  return engine.app.get(JobHandlers);
}

describe('JobHandlers', () => {
  it('finds every provider of the application that is a handler', async () => {
    const handlers = await start({}, [Plain, { provide: 'asks', useClass: Asking }, { provide: 'value', useValue: 7 }]);
    expect([...handlers.handled()].sort()).toEqual(['asking', 'plain']);
    expect(handlers.handlerOf('plain')).toBe(engine?.app.get(Plain));
    expect(handlers.handlerOf('external')).toBeUndefined();
  });

  it('takes of those that are listed the provider, or makes one from what is global', async () => {
    const handlers = await start({ runner: { handlers: [Plain, Asking] } }, [Plain, Twin]);
    expect(handlers.handlerOf('plain')).toBe(engine?.app.get(Plain));
    await engine?.publisher.created({ id: 'a', userId: 'ann', jobType: 'asking' });
    expect(await engine?.ended('a')).toMatchObject({ status: 'completed', result: 'made' });
  });

  it('knows the types that may be created here: what runs here, external, and what the host names', async () => {
    const handlers = await start({ jobTypes: ['elsewhere'] }, [Plain]);
    expect(handlers.types()).toEqual(['plain', 'external', 'elsewhere']);
  });

  it('runs none when the runner is off', async () => {
    const handlers = await start({ runner: false }, [Plain]);
    expect(handlers.handled()).toEqual([]);
    expect(handlers.types()).toEqual(['external']);
  });

  it('leaves alone what is made anew for every request', async () => {
    @Injectable({ scope: Scope.REQUEST })
    @JobHandler('per-request')
    class PerRequest extends Plain {}
    expect((await start({}, [PerRequest])).handled()).toEqual([]);
  });

  it.each<[string, Partial<HarmoniaJobsOptions>, Provider[], RegExp]>([
    ['two handlers of one type', {}, [Plain, Twin], /Twin and Plain both handle the job type "plain"/],
    [
      'a listed class without the decorator',
      { runner: { handlers: [Undecorated] } },
      [],
      /Undecorated names no job type: decorate it with @JobHandler/,
    ],
    ['a type that is no job type', {}, [Misnamed], /Misnamed names no job type.*A job type is/],
    ['a handler without run', {}, [Idle], /no method run/],
    ['an option that makes no sense', { runner: { concurrency: 0 } }, [], /option of HarmoniaJobsModule.*concurrency/],
  ])('stops the start at %s', async (_, options, providers, message) => {
    await expect(start(options, providers)).rejects.toThrow(message);
  });
});
