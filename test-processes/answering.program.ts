import { answerCalls } from './calls.ts';

// what the spec of called programs calls
answerCalls({
  sum: (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0),
  pid: () => process.pid,
  sentence: () => 'as it is',
  collects: () => typeof gc === 'function',
  variables: () => Object.keys(process.env).filter((name) => !name.startsWith('NODE_')),
  fail: (sentence: string) => {
    throw new Error(sentence);
  },
  end: (status: number) => process.exit(status),
});
