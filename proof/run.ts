import { parseArgs } from 'node:util';
import { proveRestart } from './g19-restart.ts';

// npm run proof -- G19 [--seed N] [--kills N]: prints one JSON line, ends with 1 when the promise broke.
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string', default: String(Date.now() % 1_000_000) }, kills: { type: 'string', default: '20' } },
});

async function prove(id: string | undefined): Promise<boolean> {
  if (id !== 'G19') throw new Error(`Unknown promise: ${id ?? '(none)'}. Known: G19. G16 runs with "npm test".`);
  const figures = await proveRestart({ seed: Number(values.seed), kills: Number(values.kills) });
  process.stdout.write(`${JSON.stringify(figures)}\n`);
  return figures.missing === 0 && figures.stuck === 0 && figures.brokenResults === 0 && figures.failedOtherwise === 0;
}

process.exitCode = (await prove(positionals[0])) ? 0 : 1;
