/** CloudTrail began to record in November 2013; whatever claims to be older is not an event time. */
const EARLIEST_MS = Date.UTC(2013, 0, 1);

const SHAPE = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?Z?$/;

/**
 * The moment of `2026-11-20T10:00:00Z`, also as `2026-11-20 10:00:00.000000000`, in epoch milliseconds; null for what
 * is no date (February 30 becomes March 2 in `Date.parse`, and one such date would poison a register for ever), for a
 * time before CloudTrail existed, or after `latestMs`.
 */
export function eventTimeMs(text: string, latestMs: number): number | null {
  const match = SHAPE.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second, fraction] = match;
  const [y, mo, d] = [Number(year), Number(month), Number(day)];
  const [h, mi, s] = [Number(hour), Number(minute), Number(second)];
  if (mo < 1 || mo > 12 || d < 1 || d > daysIn(y, mo) || h > 23 || mi > 59 || s > 59) return null;
  const ms = fraction === undefined ? 0 : Math.trunc(Number(`0.${fraction}`) * 1000);
  const timeMs = Date.UTC(y, mo - 1, d, h, mi, s, ms);
  return timeMs < EARLIEST_MS || timeMs > latestMs ? null : timeMs;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
