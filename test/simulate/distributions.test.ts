import { expect, test } from "vitest";
import { dice } from "../../src/simulate/dice.ts";
import { gaussian, happens, logUniform, poisson, shuffled, weighted } from "../../src/simulate/distributions.ts";

const DRAWS = 20_000;

function moments(draw: () => number): { readonly mean: number; readonly variance: number } {
  const drawn = Array.from({ length: DRAWS }, draw);
  const mean = drawn.reduce((sum, value) => sum + value, 0) / DRAWS;
  return { mean, variance: drawn.reduce((sum, value) => sum + (value - mean) ** 2, 0) / DRAWS };
}

test.each([0.2, 4, 80])("a Poisson count of mean %d has that mean, and as much variance", (rate) => {
  const chance = dice(1, `poisson ${rate}`);
  const { mean, variance } = moments(() => poisson(chance, rate));
  expect(mean / rate).toBeCloseTo(1, 1);
  expect(variance / rate).toBeCloseTo(1, 1);
});

test("a normal has mean 0 and variance 1, and a log-uniform as much below its middle as above", () => {
  const chance = dice(1, "continuous");
  const { mean, variance } = moments(() => gaussian(chance));
  expect(mean).toBeCloseTo(0, 1);
  expect(variance).toBeCloseTo(1, 1);
  const { mean: below } = moments(() => (logUniform(chance, 1, 100) < 10 ? 1 : 0));
  expect(below).toBeCloseTo(0.5, 1);
});

test("probabilities and weights are kept", () => {
  const chance = dice(1, "shares");
  expect(moments(() => (happens(chance, 0.1) ? 1 : 0)).mean).toBeCloseTo(0.1, 2);
  const rare = moments(() =>
    weighted(chance, [
      [1, 30],
      [0, 70],
    ] as const),
  ).mean;
  expect(rare).toBeCloseTo(0.3, 2);
  expect(() => weighted(chance, [])).toThrow(RangeError);
  expect(() => chance.pick([])).toThrow(RangeError);
});

test("a shuffle keeps its members, leaves the original, and puts each member everywhere", () => {
  const chance = dice(1, "shuffle");
  const members = [0, 1, 2, 3];
  const places = new Set<string>();
  for (let time = 0; time < 200; time++) {
    const order = shuffled(chance, members);
    expect([...order].sort()).toEqual(members);
    order.forEach((member, at) => places.add(`${member} at ${at}`));
  }
  expect(members).toEqual([0, 1, 2, 3]);
  expect(places.size).toBe(16);
});
