import fc from "fast-check";
import { expect, test } from "vitest";
import { compileGlob } from "../../src/outbound/glob.ts";

test.each([
  ["scan-*", "scan-", true],
  ["scan-*", "scan-7f3a", true],
  ["scan-*", "Scan-7f3a", false],
  ["scan-*", "my-scan-7f3a", false],
  ["scan-?", "scan-", false],
  ["scan-?", "scan-12", false],
  ["*-daily-*", "acme-daily-daily-3", true],
  ["a.c", "abc", false],
  ["[ab]", "a", false],
  ["", "", true],
  ["", "a", false],
  ["**", "", true],
  ["*a", "aab", false],
])("%j against %j: %j", (glob, text, expected) => {
  expect(compileGlob(glob)(text)).toBe(expected);
});

test("globs mean what the regular expression made of them means", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "."), maxLength: 12 });
  const glob = fc.string({ unit: fc.constantFrom("a", "b", ".", "*", "?"), maxLength: 8 });
  fc.assert(
    fc.property(glob, text, (pattern, subject) => {
      const source = pattern.replaceAll(".", "\\.").replaceAll("*", ".*").replaceAll("?", ".");
      expect(compileGlob(pattern)(subject)).toBe(new RegExp(`^${source}$`, "s").test(subject));
    }),
    { numRuns: 2000 },
  );
});

test("many stars against a long text that does not match end at once, where backtracking would not end at all", () => {
  expect(compileGlob(`${"*a".repeat(1000)}*b`)("a".repeat(2000))).toBe(false);
});
