import * as fc from "fast-check";
import { expect, test } from "vitest";
import { decodeCell, encodeCell, joinCells, type Cell } from "../../src/memory/cell.ts";
import { joinTraces, type Trace } from "../../src/memory/glimpse.ts";
import { earliest, greatest, least, strings } from "../../src/memory/lattice.ts";
import type { Call } from "../../src/trail/call.ts";
import { call as anyCall, trace } from "./arbitraries.ts";

/** The model: sort everything, join what is one moment, take the first. */
function firstOf(cap: number, moments: readonly Trace[]): Trace[] {
  const byMoment = new Map<string, Set<string>>();
  for (const { timeMs, id, eventIds } of moments) {
    const key = JSON.stringify([timeMs, id]);
    byMoment.set(key, (byMoment.get(key) ?? new Set()).union(new Set(eventIds)));
  }
  return [...byMoment]
    .map(([key, eventIds]) => {
      const [timeMs, id] = JSON.parse(key) as [number, string];
      return { timeMs, id, eventIds: [...eventIds].sort() };
    })
    .sort((a, b) => a.timeMs - b.timeMs || (a.id < b.id ? -1 : 1))
    .slice(0, cap);
}

test("the earliest moments are those that sorting everything would put first, however they were delivered", () => {
  const batches = fc.array(fc.array(trace, { maxLength: 30, size: "max" }), { maxLength: 5, size: "max" });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), batches, (cap, delivered) => {
      const lattice = earliest(cap, joinTraces);
      const kept = delivered.reduce<readonly Trace[]>((into, batch) => lattice.join(into, batch), []);
      expect(kept).toEqual(firstOf(cap, delivered.flat()));
    }),
  );
});

test("a capped set keeps the least of all that was ever added", () => {
  const labels = fc.array(fc.string({ maxLength: 3 }), { maxLength: 30, size: "max" });
  fc.assert(
    fc.property(labels, labels, (mine, theirs) => {
      const capped = strings(10);
      const kept = [mine, theirs, mine].reduce((into, some) => capped.join(into, new Set(some)), new Set<string>());
      expect([...kept].sort()).toEqual([...new Set([...mine, ...theirs])].sort().slice(0, 10));
    }),
  );
});

test("a register refuses what would stay for ever", () => {
  expect(() => greatest.join(1, Number.NaN)).toThrow(TypeError);
  expect(() => least.join(Number.NEGATIVE_INFINITY, 1)).toThrow(TypeError);
  expect(() => greatest.encode(Number.POSITIVE_INFINITY)).toThrow(TypeError);
  expect(() => least.decode("1")).toThrow(TypeError);
});

test("cells of two kinds do not join", () => {
  const marks: Cell = { kind: "marks", value: new Set(["sns"]) };
  const facets: Cell = { kind: "facets", value: new Map() };
  expect(() => joinCells(marks, facets)).toThrow(new TypeError("a facets cell cannot join a marks cell"));
});

test.each([
  ["cut short", '["marks",["sns"'],
  ["no cell", "42"],
  ["of a kind from the future", '["forecast",[]]'],
  ["of a kind that objects have by nature", '["constructor",[]]'],
  ["a set of something else", '["marks",[1]]'],
  ["a window without its pairs", '["window",{"samples":[]}]'],
  ["a label whose first call has no time", '["facets",[["owned",{"sample":[{"id":"call-1"}],"head":[]}]]]'],
  ["a call that is none", '["call",{"key":"k"}]'],
  ["nothing", '["evidence",null]'],
])("a stored cell that is %s is refused", (_, text) => {
  expect(() => decodeCell(text)).toThrow(/./);
});

test("a stored cell is one line of JSON that names its kind", () => {
  expect(encodeCell({ kind: "marks", value: new Set(["slack\n", "sns"]) })).toBe('["marks",["slack\\n","sns"]]');
});

test("a call is written alike in whatever order its fields were found", () => {
  const backwards = (json: unknown): unknown =>
    typeof json !== "object" || json === null || Array.isArray(json)
      ? json
      : Object.fromEntries(
          Object.entries(json)
            .toReversed()
            .map(([name, value]) => [name, backwards(value)]),
        );
  fc.assert(
    fc.property(anyCall, (value) => {
      const plain = { ...value, issued: null, asked: null, caller: { ...value.caller, credential: null, human: [] } };
      const reversed = backwards(plain) as Call;
      expect(JSON.stringify(reversed)).not.toBe(JSON.stringify(plain));
      expect(encodeCell({ kind: "call", value: reversed })).toBe(encodeCell({ kind: "call", value: plain }));
    }),
  );
});
