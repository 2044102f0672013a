import fc from "fast-check";
import { expect, test } from "vitest";
import { eventTimeMs } from "../../src/trail/time.ts";

const LATEST_MS = Date.UTC(2026, 11, 1);

test.each([
  ["2026-11-20T10:00:00Z", "2026-11-20T10:00:00.000Z"],
  ["2024-12-12 16:04:32.000000000", "2024-12-12T16:04:32.000Z"],
  ["2023-07-22 20:50:00", "2023-07-22T20:50:00.000Z"],
  ["2020-09-14T00:44:20.729Z", "2020-09-14T00:44:20.729Z"],
  ["2024-02-29T23:59:59Z", "2024-02-29T23:59:59.000Z"],
  ["2026-11-20T10:00:00.9999Z", "2026-11-20T10:00:00.999Z"],
])("%s is a moment", (text, moment) => {
  expect(new Date(eventTimeMs(text, LATEST_MS) ?? NaN).toISOString()).toBe(moment);
});

test.each([
  ["no such day", "2026-02-30T10:00:00Z"],
  ["no leap year", "2025-02-29T10:00:00Z"],
  ["no leap year either", "2100-02-29T10:00:00Z"],
  ["no such month", "2026-13-01T10:00:00Z"],
  ["month nought", "2026-00-01T10:00:00Z"],
  ["day nought", "2026-11-00T10:00:00Z"],
  ["the thirty-first of a short month", "2026-04-31T10:00:00Z"],
  ["hour 24", "2026-11-20T24:00:00Z"],
  ["minute 60", "2026-11-20T10:60:00Z"],
  ["a leap second", "2016-12-31T23:59:60Z"],
  ["a sixth digit in the year", "+275760-09-13T00:00:00Z"],
  ["a year of five digits", "12026-11-20T10:00:00Z"],
  ["before CloudTrail", "1970-01-01T00:00:00Z"],
  ["later than now", "2026-12-01T00:00:01Z"],
  ["another time zone, which CloudTrail never writes", "2026-11-20T10:00:00+02:00"],
  ["a day only", "2026-11-20"],
  ["seconds since the epoch", "1763632800"],
  ["not a number", "NaN"],
  ["letters where digits go", "2026-11-2oT10:00:00Z"],
  ["signs where digits go", "2026-1/-20T10:00:00Z"],
  ["digits of another script", "２０２６-11-20T10:00:00Z"],
  ["a line break behind it", "2026-11-20T10:00:00Z\n"],
  ["blanks around it", " 2026-11-20T10:00:00Z"],
  ["nothing", ""],
])("%s is none", (_why, text) => {
  expect(eventTimeMs(text, LATEST_MS)).toBeNull();
});

test("every second since 2013 is read back, in each spelling", () => {
  const second = fc.integer({ min: Date.UTC(2013, 0, 1) / 1000, max: LATEST_MS / 1000 });
  fc.assert(
    fc.property(second, (seconds) => {
      const written = new Date(seconds * 1000).toISOString().slice(0, 19);
      for (const text of [`${written}Z`, `${written}.000Z`, `${written.replace("T", " ")}.000000000`]) {
        expect(eventTimeMs(text, LATEST_MS)).toBe(seconds * 1000);
      }
    }),
  );
});

test("every millisecond of a second is kept", () => {
  for (let ms = 0; ms < 1000; ms++) {
    const text = `2026-11-20T10:00:00.${String(ms).padStart(3, "0")}Z`;
    expect(eventTimeMs(text, LATEST_MS)).toBe(Date.parse(text));
  }
});

test("whatever the text, the answer is null or a whole number within the bounds", () => {
  const nearly = fc.stringMatching(/^[0-9T:. Z+-]{0,40}$/);
  fc.assert(
    fc.property(fc.oneof(fc.string(), nearly), (text) => {
      const timeMs = eventTimeMs(text, LATEST_MS);
      expect(timeMs === null || (Number.isSafeInteger(timeMs) && timeMs <= LATEST_MS)).toBe(true);
    }),
  );
});
