import { InjectionToken } from '@angular/core';
import * as v from 'valibot';

const ConsoleConfigSchema = v.object({
  /** Where the gateway is; each part may be left out, as in `withGateway`. */
  gateway: v.optional(
    v.object({
      url: v.optional(v.pipe(v.string(), v.url('gateway.url is an address, such as https://jobs.example.com.'))),
      namespace: v.optional(v.string()),
      path: v.optional(v.string()),
      api: v.optional(v.string()),
    }),
    {},
  ),
});

/** What `/config.json` says at run time, so that one build serves every installation. `{}` means: the page's own origin. */
export type ConsoleConfig = v.InferOutput<typeof ConsoleConfigSchema>;

/** The configuration of this page. */
export const CONSOLE_CONFIG = new InjectionToken<ConsoleConfig>('what /config.json says');

/**
 * Reads `config.json` beside the page; where there is none, the defaults hold.
 *
 * @throws Error that says what is wrong with the file
 */
export async function loadConfig(address: URL): Promise<ConsoleConfig> {
  const answer = await fetch(address);
  if (answer.status === 404) return v.parse(ConsoleConfigSchema, {});
  if (!answer.ok) throw new Error(`config.json cannot be had: status ${answer.status}.`);
  const parsed = v.safeParse(ConsoleConfigSchema, await answer.json().catch(() => 'no JSON'));
  if (parsed.success) return parsed.output;
  throw new Error(`config.json is not right: ${parsed.issues[0].message}`);
}
