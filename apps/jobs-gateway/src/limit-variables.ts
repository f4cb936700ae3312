import type { HarmoniaLimitsOptions } from '@harmonia/gateway';
import * as v from 'valibot';

/** Every limit that can be set, and so every name that is understood. */
const NAMES: readonly (keyof HarmoniaLimitsOptions)[] = [
  'watchesPerSocket',
  'socketsPerUser',
  'unauthenticatedPerAddress',
  'unauthenticatedMs',
  'eventsPerSecond',
  'burst',
  'messageBytes',
  'syncBytes',
  'requestsPerMinute',
  'refusedPerMinute',
];

const CURE = `Use names and whole numbers, separated by commas: socketsPerUser=50,requestsPerMinute=6000. There are: ${NAMES.join(', ')}.`;

const isName = (text: string): text is keyof HarmoniaLimitsOptions => NAMES.some((name) => name === text);

const isLimit = (text: string): boolean => {
  const [name = '', value = '', ...rest] = text.split('=');
  return isName(name) && /^[1-9]\d{0,8}$/.test(value) && rest.length === 0;
};

/** `socketsPerUser=50,requestsPerMinute=6000`: what is left out keeps its default [L1]. */
export const LimitsSchema = v.pipe(
  v.string(),
  v.transform((text) => text.split(',').map((part) => part.trim())),
  v.everyItem(isLimit, CURE),
  v.transform((parts): HarmoniaLimitsOptions => Object.fromEntries(parts.map(limitIn))),
);

function limitIn(part: string): readonly [string, number] {
  const [name = '', value = ''] = part.split('=');
  return [name, Number(value)];
}
