import * as fc from "fast-check";
import { expect, test } from "vitest";
import { addPair, eachPair, hash32, noPairs, pairs, type Pairs } from "../../src/memory/pairs.ts";
import { pair, pairsOf } from "./arbitraries.ts";

const members = fc.array(pair, { maxLength: 200, size: "max" });

function listed(value: Pairs): string[] {
  const found: string[] = [];
  eachPair(value, (target, call) => found.push(`${target}/${call}`));
  return found.sort();
}

/** The model: a plain set of strings. */
function modelled(...lists: (readonly (readonly [number, number])[])[]): string[] {
  return [...new Set(lists.flat().map(([target, call]) => `${target}/${call}`))].sort();
}

test("pairs hold what a set of strings would hold, and count it", () => {
  fc.assert(
    fc.property(members, (added) => {
      const value = pairsOf(added);
      expect(listed(value)).toEqual(modelled(added));
      expect(value.size).toBe(modelled(added).length);
    }),
  );
});

test("a join is the union, whichever side is larger", () => {
  fc.assert(
    fc.property(members, members, (mine, theirs) => {
      const union = pairs.join(pairsOf(mine), pairsOf(theirs));
      expect(listed(union)).toEqual(modelled(mine, theirs));
      expect(union.size).toBe(modelled(mine, theirs).length);
    }),
  );
});

test("equal pairs are written alike, in whatever order they came, and read back whole", () => {
  fc.assert(
    fc.property(members, (added) => {
      const text = pairs.encode(pairsOf(added));
      expect(pairs.encode(pairsOf(added.toReversed()))).toBe(text);
      expect(pairs.encode(pairsOf([...added, ...added]))).toBe(text);
      expect(listed(pairs.decode(text))).toEqual(modelled(added));
    }),
  );
});

test("pairs grow to a hundred thousand calls without losing or doubling one, at no more than 24 bytes a call", () => {
  const value = noPairs();
  const expected = new Set<string>();
  for (let n = 1; n <= 100_000; n++) {
    const [target, call] = [hash32(`role-${n % 500}`), hash32(`call-${n}`)];
    addPair(value, target, call);
    addPair(value, target, call);
    expected.add(`${target}/${call}`);
  }
  expect(value.size).toBe(expected.size);
  expect(new Set(listed(value))).toEqual(expected);
  expect(value.slots.byteLength / value.size).toBeLessThanOrEqual(24);
});

test("joining two tables that are more than half full reads the one and does not crawl through the other", () => {
  const calls = (name: string): Pairs => {
    const value = noPairs();
    for (let n = 0; n < 36_000; n++) addPair(value, hash32(`role-${n % 500}`), hash32(`${name}-${n}`));
    return value;
  };
  const [into, delta] = [calls("a"), calls("b")];
  expect(into.size / (into.slots.length / 2)).toBeGreaterThan(0.5);

  let reads = 0;
  const get = (slots: Uint32Array, name: string | symbol): unknown => {
    reads++;
    return Reflect.get(slots, name);
  };
  const slots = into.slots.length;
  into.slots = new Proxy(into.slots, { get });
  expect(pairs.join(into, delta).size).toBe(72_000);
  expect(reads).toBeLessThan(3 * slots);
});

test.each([
  ["a list", [1, 2]],
  ["bytes that end within a pair", Buffer.alloc(12, 1).toString("base64")],
  ["a free slot written as a pair", Buffer.alloc(8).toString("base64")],
])("stored pairs that are %s are refused", (_, json) => {
  expect(() => pairs.decode(json)).toThrow(TypeError);
});

test("ten thousand role ARNs and a hundred thousand event ids have hashes of their own, but for the birthdays due", () => {
  const roles = new Set(
    Array.from({ length: 10_000 }, (_, n) => hash32(`arn:aws:iam::${111_122_220_000 + n}:role/Vendor`)),
  );
  expect(10_000 - roles.size).toBeLessThanOrEqual(1);
  const calls = new Set(Array.from({ length: 100_000 }, (_, n) => hash32(`00000000-0000-4000-8000-${n}`)));
  expect(100_000 - calls.size).toBeLessThanOrEqual(8);
  expect(roles.has(0) || calls.has(0)).toBe(false);
});
