import * as fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { encodeCell, type Cell, type CellKey } from "../../src/memory/cell.ts";
import type { Store } from "../../src/stores/store.ts";
import { copyOf, delta, joined, KINDS } from "../memory/arbitraries.ts";

/** An empty store; `reopen` where what it holds outlives it: the same place, opened anew. */
export interface Opened {
  readonly store: Store;
  readonly reopen?: () => Promise<Store>;
}

type Cells = ReadonlyMap<CellKey, Cell>;
type Entry = readonly [CellKey, Cell];

const marks = (...members: string[]): Cell => ({ kind: "marks", value: new Set(members) });

/** What cells say, free of who holds them. */
const said = (cells: Cells): Record<string, string> =>
  Object.fromEntries([...cells].map(([key, cell]): [string, string] => [key, encodeCell(cell)]));

/** Deltas of every kind under few keys, so that they meet; a key has one kind. */
const entries = fc.array(
  fc.constantFrom(...KINDS).chain((kind) => fc.tuple(fc.constantFrom(`${kind}/1`, `${kind}/2`), delta(kind))),
  { minLength: 2, maxLength: 16, size: "max" },
);

/** What the same deltas make without any store. */
function modelled(deltas: readonly Entry[]): Record<string, string> {
  const cells = new Map<CellKey, Cell>();
  for (const [key, cell] of deltas) {
    const mine = cells.get(key);
    cells.set(key, mine === undefined ? copyOf(cell) : joined(mine, cell));
  }
  return said(cells);
}

/** Hands the deltas over in batches of this many, in copies of their own, each as often as told, all under a prefix. */
async function deliver(store: Store, deltas: readonly Entry[], size: number, prefix: string, times = 1): Promise<void> {
  const merges: Promise<unknown>[] = [];
  for (let at = 0; at < deltas.length; at += size) {
    const batch = new Map<CellKey, Cell>();
    for (const [key, cell] of deltas.slice(at, at + size)) {
      const mine = batch.get(prefix + key);
      batch.set(prefix + key, mine === undefined ? copyOf(cell) : joined(mine, cell));
    }
    for (let n = 0; n < times; n++) {
      merges.push(store.merge(new Map([...batch].map(([key, cell]) => [key, copyOf(cell)]))));
    }
  }
  await Promise.all(merges);
}

/** What every store promises, whatever it is made of. `runs` of the property: fewer where each step is a request. */
export function storeContract(name: string, open: () => Promise<Opened>, runs = 25): void {
  const fresh = async (): Promise<Store> => {
    const { store } = await open();
    onTestFinished(store.close);
    return store;
  };

  describe(name, () => {
    test("a merge answers each cell as joined with what was there, and a recall says the same", async () => {
      const store = await fresh();
      expect(said(await store.merge(new Map([["k", marks("a")]])))).toEqual({ k: '["marks",["a"]]' });
      const both = new Map([
        ["k", marks("b")],
        ["other", marks("c")],
      ]);
      const expected = { k: '["marks",["a","b"]]', other: '["marks",["c"]]' };
      expect(said(await store.merge(both))).toEqual(expected);
      expect(said(await store.recall(["k", "other"]))).toEqual(expected);
    });

    test("cells of every kind come to the same in any order, in any batches, however often they are merged", async () => {
      const store = await fresh();
      let run = 0;
      await fc.assert(
        fc.asyncProperty(entries, fc.integer({ min: 1, max: 5 }), async (deltas, size) => {
          run++;
          const expected = modelled(deltas);
          const keys = Object.keys(expected);
          await deliver(store, deltas, deltas.length, `${run}/at-once/`);
          await deliver(store, deltas, size, `${run}/in-parts/`);
          await deliver(store, deltas.toReversed(), size, `${run}/backwards/`);
          await deliver(store, deltas, size, `${run}/again/`, 2);
          for (const way of ["at-once", "in-parts", "backwards", "again"]) {
            const prefix = `${run}/${way}/`;
            const recalled = await store.recall(keys.map((key) => prefix + key));
            expect(said(new Map([...recalled].map(([key, cell]) => [key.slice(prefix.length), cell])))).toEqual(
              expected,
            );
          }
        }),
        { numRuns: runs },
      );
    });

    test("a recall leaves out what was never merged, and an empty merge is none", async () => {
      const store = await fresh();
      expect((await store.merge(new Map())).size).toBe(0);
      await store.merge(new Map([["k", marks("a")]]));
      expect([...(await store.recall(["nothing", "k", "K", ""])).keys()]).toEqual(["k"]);
    });

    test("keys are kept apart to the last code unit", async () => {
      const store = await fresh();
      const kilobyte = "k".repeat(1_023);
      const odd = [
        ...["", " ", "a", "A", "a\n", "a\u0000", "a\u0000b", "é", "e\u0301", "🛂", "\ud800", "\ud801", "\ufffd"],
        ...['"', "\\", "\\n", "'; DROP TABLE cells; --", "%", "__proto__", `${kilobyte}1`, `${kilobyte}2`],
      ];
      await store.merge(new Map(odd.map((key, n) => [key, marks(`mark ${n}`)])));
      const recalled = await store.recall(odd);
      expect([...recalled.keys()]).toEqual(odd);
      expect([...recalled.values()].map(encodeCell)).toEqual(odd.map((_, n) => `["marks",["mark ${n}"]]`));
    });

    test("a thousand cells go in and come out as one batch", async () => {
      const store = await fresh();
      const keys = Array.from({ length: 1_000 }, (_, n) => `window/${n}`);
      const answer = await store.merge(new Map(keys.map((key) => [key, marks(key)])));
      expect([...answer.keys()]).toEqual(keys);
      expect(said(await store.recall(keys))).toEqual(said(answer));
    });

    test("two stores share nothing", async () => {
      const [one, other] = [await fresh(), await fresh()];
      await one.merge(new Map([["k", marks("a")]]));
      expect((await other.recall(["k"])).size).toBe(0);
      await other.merge(new Map([["k", marks("b")]]));
      expect(said(await one.recall(["k"]))).toEqual({ k: '["marks",["a"]]' });
    });

    test("a delta of another kind is refused with the key's name, and what was there stays", async () => {
      const store = await fresh();
      await store.merge(new Map([["places\nacme", marks("a")]]));
      const wrong: Cell = { kind: "facets", value: new Map() };
      await expect(store.merge(new Map([["places\nacme", wrong]]))).rejects.toThrow(
        String.raw`nothing can be merged into the cell "places\nacme": a facets cell cannot join a marks cell`,
      );
      expect(said(await store.recall(["places\nacme"]))).toEqual({ "places\nacme": '["marks",["a"]]' });
      await store.merge(new Map([["places\nacme", marks("b")]]));
    });

    test("what was merged is there when the store is opened again", async ({ skip }) => {
      const { store, reopen } = await open();
      await store.merge(new Map([["k", marks("a")]]));
      await store.close();
      if (reopen === undefined) skip("it forgets by design");
      else {
        const again = await reopen();
        onTestFinished(again.close);
        expect(said(await again.recall(["k"]))).toEqual({ k: '["marks",["a"]]' });
        expect(said(await again.merge(new Map([["k", marks("b")]])))).toEqual({ k: '["marks",["a","b"]]' });
      }
    });
  });
}
