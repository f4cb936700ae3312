import { hash } from 'node:crypto';

/** What an issuer may call a session, and its token. */
interface Names {
  readonly sid?: string | undefined;
  readonly jti?: string | undefined;
}

const LONGEST = 200;

/**
 * What a session is called [S8]: as its issuer calls it (`sid`), else its token (`jti`), else by what is signed of the token.
 * Not by the whole of it: a signature can be written in more than one way.
 */
export function sessionIdOf(token: string, { sid, jti }: Names): string {
  const named = sid ?? jti;
  return named !== undefined && named !== '' && named.length <= LONGEST ? named : digestOf(token.slice(0, token.lastIndexOf('.')));
}

const digestOf = (signed: string): string => hash('sha256', signed, 'base64url');
