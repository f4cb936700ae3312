import type { JwtSessionOptions } from '@harmonia/gateway';
import { createPublicKey } from 'node:crypto';
import * as v from 'valibot';
import { wholeNumber } from './variable.js';

const LEAST_SECRET_BYTES = 32;

/** A shell or a file of variables may not hold line breaks. */
const pemOf = (text: string): string => text.replaceAll('\\n', '\n');

function isPublicKey(pem: string): boolean {
  try {
    return !pem.includes('PRIVATE KEY') && createPublicKey(pem).asymmetricKeyType !== undefined;
  } catch {
    return false;
  }
}

const isSafeAddress = (text: string): boolean =>
  /^(?:https:\/\/|http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])[:/])/.test(text) && URL.canParse(text);

const SecretSchema = v.pipe(
  v.string(),
  v.minBytes(LEAST_SECRET_BYTES, `Use at least ${LEAST_SECRET_BYTES} random bytes: openssl rand -base64 48`),
);

/** The variables that say who signs the session tokens, and what these have to say. */
export const JWT_VARIABLES = {
  JWT_SECRET: v.optional(SecretSchema),
  JWT_JWKS_URL: v.optional(
    v.pipe(v.string(), v.check(isSafeAddress, 'Use the address of the keys of your identity provider, by https: https://id.example/keys')),
  ),
  JWT_PUBLIC_KEY: v.optional(
    v.pipe(
      v.string(),
      v.transform(pemOf),
      v.check(isPublicKey, 'Use a public key as PEM: openssl pkey -in private.pem -pubout; \\n may stand for line breaks.'),
    ),
  ),
  JWT_ISSUER: v.optional(v.string()),
  JWT_AUDIENCE: v.optional(v.string()),
  JWT_CLOCK_TOLERANCE: v.optional(wholeNumber(0, 5)),
  SHARE_SECRET: v.optional(SecretSchema),
};

type Variables = Readonly<Record<string, string | undefined>>;

const SOURCES = ['JWT_SECRET', 'JWT_JWKS_URL', 'JWT_PUBLIC_KEY'] as const;

/** What cannot be said together, each with its cure. */
export function jwtConflicts(variables: Variables): string[] {
  const [first, ...others] = SOURCES.filter((name) => variables[name] !== undefined);
  const problems = others.map((name) => `${name}: ${first} says already who signs the tokens. Keep one of the two.`);
  if (variables['DEMO_AUTH'] !== 'true') return problems;
  if (variables['NODE_ENV'] === 'production') problems.push(DEMO_IN_PRODUCTION);
  if (first !== undefined && first !== 'JWT_SECRET')
    problems.push(`DEMO_AUTH: The demo signs its tokens itself. Leave it out, or ${first}.`);
  return problems;
}

const DEMO_IN_PRODUCTION =
  'DEMO_AUTH: Anyone could sign in as anybody, which NODE_ENV=production forbids. Leave it out, and set JWT_SECRET, JWT_JWKS_URL or JWT_PUBLIC_KEY.';

/** What is lacking so that anybody could come in. */
export function jwtLacking(variables: Variables): string[] {
  if (variables['DEMO_AUTH'] === 'true' || SOURCES.some((name) => variables[name] !== undefined)) return [];
  return [
    'JWT_SECRET: Set the secret that signs the tokens of your users, JWT_JWKS_URL or JWT_PUBLIC_KEY in its place, or DEMO_AUTH=true to try things out.',
  ];
}

/** Who signs the session tokens, and what these have to say; a secret of null: the demo has one of its own. */
export type JwtConfig = JwtSessionOptions | (Omit<JwtSessionOptions, 'secret' | 'jwksUrl' | 'publicKey'> & { readonly secret: null });

/** @param variables as {@link JWT_VARIABLES} has read them */
export function jwtOf(variables: v.InferOutput<ReturnType<typeof v.object<typeof JWT_VARIABLES>>>): JwtConfig {
  const { JWT_ISSUER: issuer, JWT_AUDIENCE: audience, JWT_CLOCK_TOLERANCE: tolerance } = variables;
  const { JWT_SECRET: secret = null, JWT_JWKS_URL: jwksUrl, JWT_PUBLIC_KEY: publicKey } = variables;
  const held = {
    ...(issuer !== undefined && { issuer }),
    ...(audience !== undefined && { audience }),
    ...(tolerance !== undefined && { clockToleranceSeconds: tolerance }),
  };
  if (jwksUrl !== undefined) return { ...held, jwksUrl };
  return publicKey === undefined ? { ...held, secret } : { ...held, publicKey };
}
