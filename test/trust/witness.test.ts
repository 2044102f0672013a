import fc from "fast-check";
import { expect, test } from "vitest";
import { matches, pattern } from "../../src/trust/pattern.ts";
import { witnesses } from "../../src/trust/witness.ts";

const LANGUAGE = { alphabet: "abcA", shortest: 2, longest: 6 };
const glob = fc.array(fc.constantFrom("a", "b", "*", "?"), { minLength: 1, maxLength: 4 }).map((each) => each.join(""));
const globs = fc.array(fc.tuple(glob, fc.boolean()), { minLength: 1, maxLength: 3 });

const ALL = [2, 3, 4, 5, 6].flatMap((length) =>
  Array.from({ length }).reduce<string[]>(
    (all) => all.flatMap((each) => [..."abcA".split("").map((next) => each + next)]),
    [""],
  ),
);

test("one text is found for each combination of patterns that any text can match, and for no other", () => {
  fc.assert(
    fc.property(globs, (drawn) => {
      const patterns = drawn.map(([text, fold]) =>
        pattern(fold ? text.toLowerCase() : text, { wild: true, fold, variables: false }),
      );
      const sort = (text: string): string => patterns.map((each) => matches(each, text)).join();
      const found = witnesses(
        patterns.map((each) => ({ pattern: each, read: "" })),
        LANGUAGE,
      );
      expect(new Set(found?.map(sort))).toEqual(new Set(ALL.map(sort)));
      expect(found?.every((text) => text.length >= 2 && /^[abcA]+$/.test(text))).toBe(true);
      expect(new Set(found?.map(sort)).size).toBe(found?.length);
    }),
    { numRuns: 60 },
  );
});

test("what a pattern has read before the text begins counts", () => {
  const role = pattern("arn:aws:iam::*:role/team-*", { wild: true, fold: false, variables: false });
  const found = witnesses([{ pattern: role, read: "arn:aws:iam::111122223333:role/" }], {
    ...{ alphabet: "abcdefghijklmnopqrstuvwxyz-", shortest: 1, longest: 64 },
  });
  expect(found?.map((text) => text.startsWith("team-")).sort()).toEqual([false, true]);
});

test("a question with too many states is given up", () => {
  const many = "abcdefghijkl".split("").map((letter) => ({
    pattern: pattern(`*${letter}*${letter}*${letter}*`, { wild: true, fold: false, variables: false }),
    read: "",
  }));
  expect(witnesses(many, { alphabet: "abcdefghijklmnopqrstuvwxyz", shortest: 2, longest: 1224 })).toBeNull();
});
