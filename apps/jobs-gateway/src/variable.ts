import * as v from 'valibot';

/** A variable that is a whole number within bounds. */
export const wholeNumber = (least: number, most: number) =>
  v.pipe(
    v.string(),
    v.regex(/^\d{1,15}$/, 'Use a whole number.'),
    v.transform(Number),
    v.minValue(least, `Use a number from ${least}.`),
    v.maxValue(most, `Use a number up to ${most}.`),
  );

/** A variable that is `true` or `false`. */
export const yesOrNo = v.pipe(
  v.picklist(['true', 'false'], 'Use true or false.'),
  v.transform((word) => word === 'true'),
);

/** A variable that names machines. */
export const hostName = (cure: string) => v.pipe(v.string(), v.regex(/^[A-Za-z0-9.:_-]+$/, cure));
