// Lets a process live later: its clock is CLOCK_AHEAD_MS ahead, so that a test need not wait for a token to end.
const ahead = Number(process.env.CLOCK_AHEAD_MS);
const RealDate = Date;

globalThis.Date = class extends RealDate {
  static now = () => RealDate.now() + ahead;

  constructor(...parts) {
    super(...(parts.length === 0 ? [RealDate.now() + ahead] : parts));
  }
};
