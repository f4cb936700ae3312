/** The directory whose health is told; inject it as a string. */
export const DATA_DIR = Symbol('data-dir');
