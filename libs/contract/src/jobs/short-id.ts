const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const HEX = '0123456789abcdef';
/** No job id begins with it [R8]. */
const MARK = '~';
const DASH = '-'.charCodeAt(0);
/** Characters of the short form, the mark with them. */
const SHORT = 23;

/** What is no hexadecimal digit; above all sums of three that are. */
const NONE = 0x10000;

/** For each character code the value of the hexadecimal digit in lower case. */
const valueOfHex = valuesIn(HEX);
/** For each character code the value of the digit to the base of 64. */
const valueOfDigit = valuesIn(DIGITS);
/** Twelve bits in two digits to the base of 64. */
const twoDigits = Array.from({ length: 4096 }, (_, bits) => DIGITS.charAt(bits >> 6) + DIGITS.charAt(bits & 63));

/** Where the 32 hexadecimal digits of a UUID stand. */
const PLACES = [0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 14, 15, 16, 17, 19, 20, 21, 22, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35];

/**
 * The id of a job as lines of a frame tell it: a UUID in lower case as `~` and 22 digits to the base of 64, any other as it
 * is.
 */
export function shortId(id: string): string {
  if (id.length !== 36 || id[8] !== '-' || id[13] !== '-' || id[18] !== '-' || id[23] !== '-') return id;
  let short = MARK;
  let sum = 0;
  for (let place = 0; place < 32; place += 3) {
    const bits = (hexAt(id, place) << 8) | (hexAt(id, place + 1) << 4) | (place < 30 ? hexAt(id, place + 2) : 0);
    sum |= bits;
    short += twoDigits[bits & 4095];
  }
  return sum < NONE ? short : id;
}

/** The id that {@link shortId} told, of which the mark was seen; null when it is not in order. */
export function longId(told: string): string | null {
  if (told.length !== SHORT) return null;
  const codes = new Array<number>(36).fill(DASH);
  let sum = 0;
  for (let place = 1, digit = 0; place < SHORT; place += 2, digit += 3) {
    const bits = (digitAt(told, place) << 6) | digitAt(told, place + 1);
    sum |= bits;
    codes[PLACES[digit] ?? 0] = codeOf(bits >> 8);
    codes[PLACES[digit + 1] ?? 0] = codeOf(bits >> 4);
    if (digit < 30) codes[PLACES[digit + 2] ?? 0] = codeOf(bits);
    // 22 digits hold four bits more than a UUID
    else if ((bits & 15) !== 0) return null;
  }
  // a text made at once, and not of pieces, is soon looked up
  return sum < NONE ? String.fromCharCode(...codes) : null;
}

/** Whether a line tells of an id in the short form. */
export const isShortId = (told: string): boolean => told.charCodeAt(0) === MARK.charCodeAt(0);

const hexAt = (id: string, place: number): number => valueOfHex[id.charCodeAt(PLACES[place] ?? 0)] ?? NONE;
const codeOf = (bits: number): number => HEX.charCodeAt(bits & 15);
const digitAt = (told: string, place: number): number => valueOfDigit[told.charCodeAt(place)] ?? NONE;

function valuesIn(digits: string): Uint32Array {
  const values = new Uint32Array(128).fill(NONE);
  for (let value = 0; value < digits.length; value++) values[digits.charCodeAt(value)] = value;
  return values;
}
