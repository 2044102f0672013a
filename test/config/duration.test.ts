import { expect, test } from "vitest";
import { durationMs } from "../../src/config/duration.ts";

test.each([
  ["90s", 90_000],
  ["30m", 1_800_000],
  ["24h", 86_400_000],
  ["1d", 86_400_000],
  ["PT1H30M", 5_400_000],
  ["P1W", 604_800_000],
])("%s is %d ms", (text, ms) => {
  expect(durationMs(text)).toBe(ms);
});

test.each(["", "0s", "1", "h", "-1h", "1.5h", "1 h", "1H", "P1M", "P1Y", "PT0S", "-PT1H", "1w", "999999999999d"])(
  "%j is no duration",
  (text) => {
    expect(durationMs(text)).toBeNull();
  },
);
