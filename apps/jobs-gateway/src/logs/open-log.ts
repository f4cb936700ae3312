import { ConsoleLogger, Logger, type DynamicModule, type LogLevel } from '@nestjs/common';
import { LoggerModule, PinoLogger, Logger as PinoService } from 'nestjs-pino';
import { pino } from 'pino';
import type { Config } from '../config.js';
import type { LogConfig } from '../operations-variables.js';
import { requestLog } from './request-log.js';
import { scrub } from './scrub.js';

/** What Nest calls the levels, from the gravest. */
const NEST_LEVELS: readonly (readonly [LogConfig['level'], LogLevel])[] = [
  ['error', 'error'],
  ['warn', 'warn'],
  ['info', 'log'],
  ['debug', 'debug'],
  ['trace', 'verbose'],
];

/**
 * Opens the log of this process, to which everything writes from now on: lines for people on a terminal and in the demo,
 * JSON everywhere else.
 *
 * @returns what the application has to import, so that requests are logged, too
 * @example const app = await startServer(config, openLog(config));
 */
export function openLog({ log: { level, format }, demoAuth }: Pick<Config, 'log' | 'demoAuth'>): readonly DynamicModule[] {
  const isPretty = format === null ? demoAuth || process.stdout.isTTY : format === 'pretty';
  if (!isPretty) return openJsonLog(level);
  const gravest = NEST_LEVELS.findIndex(([name]) => name === level);
  Logger.overrideLogger(new PrettyLog({ logLevels: ['fatal', ...NEST_LEVELS.slice(0, gravest + 1).map(([, name]) => name)] }));
  return [];
}

function openJsonLog(level: LogConfig['level']): readonly DynamicModule[] {
  const log = pino({
    level,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: ['authorization', 'cookie', 'token', 'ticket', 'password', '*.authorization', '*.cookie', '*.token', '*.ticket', '*.password'],
    hooks: { streamWrite: scrub },
  });
  const params = requestLog(log);
  Logger.overrideLogger(new PinoService(new PinoLogger(params), params));
  return [LoggerModule.forRoot(params)];
}

class PrettyLog extends ConsoleLogger {
  protected override formatMessage(...parts: Parameters<ConsoleLogger['formatMessage']>): string {
    return scrub(super.formatMessage(...parts));
  }
}
