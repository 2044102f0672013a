import * as fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Limit, Rate } from "../../src/stores/rate/rate.ts";

const T0 = Date.UTC(2026, 10, 20);
const LIMIT: Limit = { perMinute: 60, burst: 5 };

/** So many at once: how many were let through. */
async function letThrough(rate: Rate, who: string, count: number, nowMs: number): Promise<number> {
  const answers = await Promise.all(Array.from({ length: count }, () => rate.take(who, nowMs)));
  return answers.filter(({ allowed }) => allowed).length;
}

/** What every rate promises, whatever it is kept in. `runs` of the property: fewer where each step is a request. */
export function rateContract(name: string, open: (limit: Limit) => Promise<Rate>, runs: number): void {
  const fresh = async (limit = LIMIT): Promise<Rate> => {
    const rate = await open(limit);
    onTestFinished(rate.close);
    return rate;
  };

  describe(name, () => {
    test("a burst is let through, then one a second, and whoever waits as long as told is let through", async () => {
      const rate = await fresh();
      for (let n = 0; n < 5; n++) expect(await rate.take("acme", T0)).toEqual({ allowed: true, retryAfterSeconds: 0 });
      expect(await rate.take("acme", T0)).toEqual({ allowed: false, retryAfterSeconds: 1 });
      expect(await rate.take("acme", T0 + 999)).toEqual({ allowed: false, retryAfterSeconds: 1 });
      expect((await rate.take("acme", T0 + 1_000)).allowed).toBe(true);
      expect((await rate.take("acme", T0 + 1_000)).allowed).toBe(false);
      expect(await letThrough(rate, "acme", 10, T0 + 3_500)).toBe(2);
      expect(await letThrough(rate, "acme", 10, T0 + 600_000)).toBe(5);
    });

    test("one that costs as much as three counts for three, and one that costs more than a burst for a burst", async () => {
      const rate = await fresh();
      expect((await rate.take("acme", T0, 3)).allowed).toBe(true);
      expect(await rate.take("acme", T0, 3)).toEqual({ allowed: false, retryAfterSeconds: 1 });
      expect(await letThrough(rate, "acme", 5, T0)).toBe(2);
      expect((await rate.take("acme", T0 + 3_000, 3)).allowed).toBe(true);
      expect(await rate.take("acme", T0 + 3_000, 1_000)).toEqual({ allowed: false, retryAfterSeconds: 5 });
      expect((await rate.take("acme", T0 + 8_000, 1_000)).allowed).toBe(true);
      expect((await rate.take("acme", T0 + 8_000)).allowed).toBe(false);
    });

    test("who is refused is told when, however slow the rate", async () => {
      const rate = await fresh({ perMinute: 2, burst: 1 });
      expect((await rate.take("acme", T0)).allowed).toBe(true);
      expect(await rate.take("acme", T0 + 100)).toEqual({ allowed: false, retryAfterSeconds: 30 });
      expect(await rate.take("acme", T0 + 20_000)).toEqual({ allowed: false, retryAfterSeconds: 10 });
      expect((await rate.take("acme", T0 + 30_000)).allowed).toBe(true);
    });

    test("fifty at once are no more than the burst, again and again", async () => {
      const rate = await fresh();
      expect(await letThrough(rate, "acme", 50, T0)).toBe(5);
      expect(await letThrough(rate, "acme", 50, T0)).toBe(0);
      expect(await letThrough(rate, "acme", 50, T0 + 2_000)).toBe(2);
      expect(await letThrough(rate, "acme", 50, T0 + 3_600_000)).toBe(5);
    });

    test("one who comes too often is in nobody else's way, whatever they are called", async () => {
      const rate = await fresh();
      expect(await letThrough(rate, "acme", 50, T0)).toBe(5);
      for (const who of ["acme ", "Acme", "", "__proto__", "rate#acme", "é", "x".repeat(5_000)]) {
        expect(await letThrough(rate, who, 7, T0)).toBe(5);
      }
    });

    test("a clock that goes back lets nobody through sooner, and does not lock out for as long as it went back", async () => {
      const rate = await fresh();
      expect(await letThrough(rate, "acme", 3, T0)).toBe(3);
      expect(await letThrough(rate, "acme", 10, T0 - 1_000)).toBeLessThanOrEqual(2);
      expect(await letThrough(rate, "acme", 10, T0)).toBeLessThanOrEqual(2);
      const refused = await rate.take("acme", T0 - 60_000);
      expect(refused.allowed).toBe(false);
      expect(refused.retryAfterSeconds).toBeLessThanOrEqual(70);
      // Written by a worker whose clock was a day ahead.
      expect(await letThrough(rate, "globex", 10, T0 + 86_400_000)).toBe(5);
      expect(await letThrough(rate, "globex", 10, T0)).toBe(5);
      expect(await letThrough(rate, "globex", 10, T0)).toBe(0);
    });

    test("in no span of time are more let through than the burst and the rate of that span", async () => {
      const gaps = fc.array(
        fc.record({ afterMs: fc.integer({ min: 0, max: 4_000 }), count: fc.integer({ min: 1, max: 4 }) }),
        {
          minLength: 1,
          maxLength: 12,
        },
      );
      const limits = fc.record({ perMinute: fc.integer({ min: 7, max: 300 }), burst: fc.integer({ min: 1, max: 6 }) });
      await fc.assert(
        fc.asyncProperty(gaps, limits, async (comings, limit) => {
          const rate = await open(limit);
          const came: number[] = [];
          let nowMs = T0;
          for (const { afterMs, count } of comings) {
            nowMs += afterMs;
            const through = await letThrough(rate, "acme", count, nowMs);
            for (let n = 0; n < through; n++) came.push(nowMs);
          }
          await rate.close();
          expect(came.length).toBeGreaterThan(0);
          for (const [first, fromMs] of came.entries()) {
            for (const [last, toMs] of came.entries()) {
              const most = limit.burst + ((toMs - fromMs) * limit.perMinute) / 60_000;
              if (last >= first) expect(last - first + 1).toBeLessThanOrEqual(most);
            }
          }
        }),
        { numRuns: runs },
      );
    });
  });
}
