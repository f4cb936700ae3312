import { CalledProgram } from './called-program.ts';
import { bundleProgram } from './program.ts';

const PROGRAM = new URL('./answering.program.ts', import.meta.url);
const SENTENCE = { file: 'test-processes/answering.program.ts', find: "'as it is'", replace: "'as a mutant has it'" };

describe('a called program', () => {
  let program: CalledProgram;
  beforeEach(async () => {
    program = await CalledProgram.start(PROGRAM);
  });
  afterEach(() => program.stop());

  it('answers in a process of its own, calls beside each other too', async () => {
    expect(await Promise.all([program.call('sum', [1, 2]), program.call('sum', [3, 4])])).toEqual([3, 7]);
    expect(program.pid).not.toBe(process.pid);
    expect(await program.call('pid')).toBe(program.pid);
  });

  it('rejects with what it throws, and for a call that it does not know', async () => {
    await expect(program.call('fail', 'with this')).rejects.toThrow('with this');
    await expect(program.call('other')).rejects.toThrow('There is no call "other".');
    expect(await program.call('sum', [1])).toBe(1);
  });

  it('rejects what is asked when it ends', async () => {
    await expect(program.call('end', 3)).rejects.toThrow('A program ended with 3.');
    await expect(program.call('sum', [1])).rejects.toThrow();
  });

  it('sees the environment that it is given, and no other', async () => {
    expect(await program.call('variables')).toEqual(['PATH']);
    const other = await CalledProgram.start(PROGRAM, { env: { GIVEN: 'yes' }, flags: ['--expose-gc'] });
    expect(await other.call('variables')).toEqual(['GIVEN']);
    expect(await other.call('collects')).toBe(true);
    await other.stop();
  });
});

describe('a bundled program', () => {
  it('is bundled once a run, and apart from a mutant of it', async () => {
    const mutant = await CalledProgram.start(PROGRAM, { mutations: [SENTENCE] });
    const program = await CalledProgram.start(PROGRAM);
    expect([await mutant.call('sentence'), await program.call('sentence')]).toEqual(['as a mutant has it', 'as it is']);
    expect(await bundleProgram(PROGRAM)).toBe(await bundleProgram(PROGRAM, { mutations: [] }));
    expect(await bundleProgram(PROGRAM)).not.toBe(await bundleProgram(PROGRAM, { mutations: [SENTENCE] }));
    await Promise.all([mutant.stop(), program.stop()]);
  });

  it('is refused when a mutant changes nothing', async () => {
    const gone = { ...SENTENCE, find: 'nowhere to be found' };
    await expect(bundleProgram(PROGRAM, { mutations: [gone] })).rejects.toThrow('no longer fits test-processes/answering.program.ts');
    const elsewhere = { file: 'test-processes/free-port.ts', find: 'There is no free port.', replace: '' };
    await expect(bundleProgram(PROGRAM, { mutations: [elsewhere] })).rejects.toThrow('does not use test-processes/free-port.ts');
  });
});
