/** CloudTrail began to record in November 2013; whatever claims to be older is not an event time. */
const EARLIEST_MS = Date.UTC(2013, 0, 1);

const SHAPE = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:\.(\d{1,9}))?Z?$/;

/**
 * The moment of `2026-11-20T10:00:00Z`, also as `2026-11-20 10:00:00.000000000`, in epoch milliseconds; null for what
 * is no date (February 30 becomes March 2 in `Date.parse`, and one such date would poison a register for ever), for a
 * time before CloudTrail existed, or after `latestMs`.
 */
export function eventTimeMs(text: string, latestMs: number): number | null {
  const ordinary = isOrdinary(text);
  const match = ordinary ? null : SHAPE.exec(text);
  if (!ordinary && match === null) return null;
  const fraction = match?.[1];
  const [y, mo, d] = [number(text, 0, 4), number(text, 5, 7), number(text, 8, 10)];
  const [h, mi, s] = [number(text, 11, 13), number(text, 14, 16), number(text, 17, 19)];
  if (mo < 1 || mo > 12 || d < 1 || d > daysIn(y, mo) || h > 23 || mi > 59 || s > 59) return null;
  const ms = fraction === undefined ? 0 : Math.trunc(Number(`0.${fraction}`) * 1000);
  const timeMs = Date.UTC(y, mo - 1, d, h, mi, s, ms);
  return timeMs < EARLIEST_MS || timeMs > latestMs ? null : timeMs;
}

const ZERO = 48;
const DIGITS_AT = [0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18] as const;

/** `2026-11-20T10:00:00Z` to the letter, as nearly every record has it; told without a pattern, three times as fast. */
function isOrdinary(text: string): boolean {
  if (text.length !== 20 || text[4] !== "-" || text[7] !== "-" || text[10] !== "T") return false;
  if (text[13] !== ":" || text[16] !== ":" || text[19] !== "Z") return false;
  for (const at of DIGITS_AT) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) return false;
  }
  return true;
}

/** The number that the digits from `start` to before `end` spell. */
function number(text: string, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) value = value * 10 + text.charCodeAt(at) - ZERO;
  return value;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
