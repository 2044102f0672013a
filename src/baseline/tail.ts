import betainc from "@stdlib/math-base-special-betainc";
import gammainc from "@stdlib/math-base-special-gammainc";

/**
 * P(X ≥ count) for counts of this mean and variance: negative binomial where they vary more than chance alone makes them
 * (variance > mean), else Poisson. Taken from the incomplete beta and gamma functions directly, because one minus a
 * distribution function is 0 long before the tail is.
 * @see https://dlmf.nist.gov/8.17 and https://dlmf.nist.gov/8.4
 */
export function upperTail(count: number, mean: number, variance: number): number {
  if (count <= 0) return 1;
  if (mean <= 0) return 0;
  if (variance <= mean) return gammainc(mean, count, true, false);
  const size = (mean * mean) / (variance - mean);
  return betainc(mean / (mean + size), count, size, true, false);
}

/** The least count whose upper tail is below `alpha`. */
export function leastImprobable(mean: number, variance: number, alpha: number): number {
  let high = 1;
  while (upperTail(high, mean, variance) >= alpha) high *= 2;
  let low = Math.floor(high / 2);
  while (low + 1 < high) {
    const middle = Math.floor((low + high) / 2);
    if (upperTail(middle, mean, variance) >= alpha) low = middle;
    else high = middle;
  }
  return high;
}
