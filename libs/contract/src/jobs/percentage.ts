/** The whole percent that a line of a frame leaves out, since they follow from the rest. */
export const percentageOf = (current: number, total: number | null): number => (total === null ? 0 : Math.floor((100 * current) / total));
