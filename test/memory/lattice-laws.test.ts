import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeCell, encodeCell } from "../../src/memory/cell.ts";
import { cell, joined, KINDS } from "./arbitraries.ts";

const RUNS = 100;

describe.each(KINDS)("cells of kind %s", (kind) => {
  const three = fc.tuple(cell(kind), cell(kind), cell(kind));

  test("join the same whoever comes first, however they are bracketed, and however often; nothing is lost", () => {
    let telling = 0;
    fc.assert(
      fc.property(three, ([a, b, c]) => {
        const ab = joined(a, b);
        const [all, mine, theirs] = [encodeCell(ab), encodeCell(a), encodeCell(b)];
        telling += all !== mine && all !== theirs ? 1 : 0;

        expect(encodeCell(joined(b, a))).toBe(all);
        expect(encodeCell(joined(ab, c))).toBe(encodeCell(joined(a, joined(b, c))));
        expect(encodeCell(joined(a, a))).toBe(mine);
        expect(encodeCell(joined(ab, a))).toBe(all);
        expect(encodeCell(joined(ab, b))).toBe(all);
      }),
      { numRuns: RUNS },
    );
    expect(telling / RUNS, "share of joins that differ from both sides").toBeGreaterThanOrEqual(0.5);
  });

  test("are read back as they were written, and grow on from there", () => {
    fc.assert(
      fc.property(fc.tuple(cell(kind), cell(kind)), ([a, b]) => {
        const text = encodeCell(a);
        expect(encodeCell(decodeCell(text))).toBe(text);
        expect(encodeCell(joined(decodeCell(text), b))).toBe(encodeCell(joined(a, b)));
      }),
      { numRuns: RUNS },
    );
  });
});
