import { expect, test } from "vitest";
import { numbered, someOf, spanText, wrap } from "../../src/alerts/formats/layout.ts";

test("words fill the width exactly, and one that is longer stays whole on a line of its own", () => {
  expect(wrap("one two  three arn:aws:iam::111122223333:role/x end", 13)).toEqual([
    "one two three",
    "arn:aws:iam::111122223333:role/x",
    "end",
  ]);
  expect(wrap("   ", 13)).toEqual([]);
});

test("numbered text hangs behind its number", () => {
  expect(numbered(["revoke the session", "ask"], 12)).toEqual(["1. revoke", "   the", "   session", "2. ask"]);
});

test("a list says how many it leaves out, and only where somebody counted", () => {
  expect(someOf(["a", "b", "c"], 3)).toBe("a, b, c");
  expect(someOf(["a", "b", "c"], 2)).toBe("a, b and 1 more");
  expect(someOf(["a", "b", "c"], 2, 400)).toBe("a, b and 398 more");
  expect(someOf(["a", "b", "c"], 2, null)).toBe("a, b and more");
});

test.each([
  [0, "0 s"],
  [400, "under 1 s"],
  [12_000, "12 s"],
  [312_000, "5 min 12 s"],
  [3_600_000, "1 h"],
  [11_100_000, "3 h 5 min"],
  [187_500_000, "2 d 4 h"],
])("%d ms are said as %s", (spanMs, said) => {
  expect(spanText(spanMs)).toBe(said);
});
