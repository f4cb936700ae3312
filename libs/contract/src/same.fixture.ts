/**
 * Whether two types are the same; `const check: Same<A, B> = true` fails the type check when they are not.
 */
export type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
