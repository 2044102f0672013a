import { Duration } from "luxon";

const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * Milliseconds of `90s`, `30m`, `24h`, `1d` or an ISO 8601 duration such as `PT1H30M`; null for anything else: nothing and
 * less, and years and months, which have no fixed length.
 * @see https://www.iso.org/iso-8601-date-and-time-format.html
 */
export function durationMs(text: string): number | null {
  const [, count, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  const ms = count === undefined ? isoMs(text) : Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS];
  return Number.isSafeInteger(ms) && ms > 0 ? ms : null;
}

function isoMs(text: string): number {
  const duration = Duration.fromISO(text);
  return text.startsWith("P") && duration.isValid && duration.years === 0 && duration.months === 0
    ? duration.toMillis()
    : Number.NaN;
}
