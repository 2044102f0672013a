import fc from "fast-check";
import { expect, test } from "vitest";
import { leastImprobable, upperTail } from "../../src/baseline/tail.ts";

/** Summed term by term in fifty digits. */
const POISSON = [
  [5, 1, 3.659846827344e-3],
  [20, 5, 3.452135820914e-7],
  [100, 30, 7.338468632878e-24],
  [300, 150, 3.130415125697e-27],
  [2500, 2000, 2.949191886983e-27],
] as const;

/** Of sizes 2, 5, 2, 10 and 20, so that the binomial coefficients are whole. */
const NEGATIVE_BINOMIAL = [
  [5, 2, 4, 1.09375e-1],
  [40, 10, 30, 1.857780716831e-4],
  [100, 10, 60, 2.13319231346e-7],
  [800, 100, 1100, 1.434511851301e-22],
  [3000, 1000, 51_000, 8.394868262467e-10],
] as const;

test.each(POISSON)("%i or more where the mean is %d and nothing but chance is at work: %d", (count, mean, tail) => {
  expect(upperTail(count, mean, mean) / tail).toBeCloseTo(1, 8);
  // Counts more regular than chance are judged as if by chance.
  expect(upperTail(count, mean, 0)).toBe(upperTail(count, mean, mean));
});

test.each(NEGATIVE_BINOMIAL)(
  "%i or more where the mean is %d and the variance %d: %d",
  (count, mean, variance, tail) => {
    expect(upperTail(count, mean, variance) / tail).toBeCloseTo(1, 8);
  },
);

test("none or more is certain, and of what never happens nothing is", () => {
  expect(upperTail(0, 3, 9)).toBe(1);
  expect(upperTail(1, 0, 0)).toBe(0);
});

test("the least improbable count is the first whose tail is below alpha, however far out", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.01, max: 3000, noNaN: true }),
      fc.double({ min: 0, max: 200, noNaN: true }),
      fc.integer({ min: 2, max: 9 }),
      (mean, dispersion, digits) => {
        const [variance, alpha] = [mean * (1 + dispersion), 10 ** -digits];
        const count = leastImprobable(mean, variance, alpha);
        expect(upperTail(count, mean, variance)).toBeLessThan(alpha);
        expect(count === 0 || upperTail(count - 1, mean, variance) >= alpha).toBe(true);
      },
    ),
  );
});
