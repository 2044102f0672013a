import { expect, test } from "vitest";
import { emptyEvidence } from "../../src/detectors/evidence.ts";
import { encodeCell, type Cell, type CellKey } from "../../src/memory/cell.ts";
import type { Pairs } from "../../src/memory/pairs.ts";
import type { Table } from "../../src/stores/dynamodb/table.ts";
import { pairsOf } from "../memory/arbitraries.ts";
import { calls, DAY_MS, marks, mergeOne, NOW_MS, recallOne, storeOn, window } from "./dynamodb-scene.ts";
import { memoryTable } from "./memory-table.ts";

test("a writer whose segment was sealed meanwhile takes in what it was sealed with", async () => {
  const table = memoryTable();
  const [early, late] = [storeOn(table), storeOn(table)];
  await mergeOne(early, "chain", window(0, 10));
  for (let n = 10; n < 1_000; n += 30) await mergeOne(late, "chain", window(n, n + 30));
  expect(await mergeOne(early, "chain", window(1_000, 1_001))).toBe(encodeCell(window(0, 1_001)));
  expect(await mergeOne(storeOn(table), "chain", window(1_001, 1_002))).toBe(encodeCell(window(0, 1_002)));
});

test("of segments that were read as of different moments, only what is older than all that is missing is taken", async () => {
  const table = memoryTable();
  const store = storeOn(table);
  for (let n = 0; n < 200; n += 10) await mergeOne(store, "chain", window(n, n + 10));
  const [key, early] = [...table.items].at(-1)!;
  for (let n = 200; n < 400; n += 10) await mergeOne(store, "chain", window(n, n + 10));
  const torn = storeOn({
    ...table,
    read: async (keys) => new Map([...(await table.read(keys))].map(([at, item]) => [at, at === key ? early : item])),
  });
  expect(await recallOne(torn, "chain")).toBe(encodeCell(window(0, 200)));
  expect(await recallOne(storeOn(table), "chain")).toBe(encodeCell(window(0, 400)));
});

test("a writer that remembers an older document writes over nothing", async () => {
  const table = memoryTable();
  const [one, other] = [storeOn(table), storeOn(table)];
  await mergeOne(one, "document", marks("a"));
  await mergeOne(other, "document", marks("b"));
  expect(await mergeOne(one, "document", marks("c"))).toBe(encodeCell(marks("a", "b", "c")));
  expect(await mergeOne(other, "document", marks("d"))).toBe(encodeCell(marks("a", "b", "c", "d")));
});

test("evidence without calls of its own is answered with those that are stored", async () => {
  const table = memoryTable();
  const evidence = (members: Pairs): Cell => ({
    kind: "evidence",
    value: { ...emptyEvidence(null, null), calls: members },
  });
  await mergeOne(storeOn(table), "alert", evidence(pairsOf(calls(0, 200))));
  const answer = await mergeOne(storeOn(table), "alert", evidence(pairsOf([])));
  expect(answer).toBe(encodeCell(evidence(pairsOf(calls(0, 200)))));
});

test("two writers that begin an expired chain anew at once lose nothing", async () => {
  const table = memoryTable();
  await mergeOne(storeOn(table), "chain", window(0, 10));
  const later = (): number => NOW_MS + 46 * DAY_MS;
  const other = storeOn(table, later);
  let first = true;
  const overtaken = storeOn(
    {
      ...table,
      put: async (item, expected) => {
        if (first) await mergeOne(other, "chain", window(10, 20));
        first = false;
        return table.put(item, expected);
      },
    },
    later,
  );
  expect(await mergeOne(overtaken, "chain", window(20, 30))).toBe(encodeCell(window(10, 30)));
  expect(await recallOne(storeOn(table, later), "chain")).toBe(encodeCell(window(10, 30)));
});

/** A table that does what it is asked and then loses the answer, where `lose` says so. */
function losing(table: Table, lose: () => boolean): Table {
  const lost = async <T>(answer: Promise<T>): Promise<T> => {
    const said = await answer;
    if (lose()) throw new Error("the answer was lost");
    return said;
  };
  return {
    read: table.read,
    put: (item, expected) => lost(table.put(item, expected)),
    add: (addition) => lost(table.add(addition)),
  };
}

test("a write whose answer was lost is made again and changes nothing", async () => {
  const table = memoryTable();
  let lose = true;
  const store = storeOn(losing(table, () => lose));
  const deltas = (): ReadonlyMap<CellKey, Cell> =>
    new Map([
      ["chain", window(0, 700)],
      ["document", marks("a")],
    ]);
  await expect(store.merge(deltas())).rejects.toThrow("the answer was lost");
  lose = false;
  await store.merge(deltas());
  for (const reader of [store, storeOn(table)]) {
    expect(await recallOne(reader, "chain")).toBe(encodeCell(window(0, 700)));
    expect(await recallOne(reader, "document")).toBe(encodeCell(marks("a")));
  }
});

test("what a failed write would have stored is not remembered as stored", async () => {
  const table = memoryTable();
  let down = true;
  const refuse = (): Promise<never> => Promise.reject(new Error("the table is down"));
  const store = storeOn({
    read: table.read,
    put: (item, expected) => (down ? refuse() : table.put(item, expected)),
    add: (addition) => (down ? refuse() : table.add(addition)),
  });
  for (const [key, first, second] of [
    ["document", marks("a"), marks("b")],
    ["chain", window(0, 1), window(1, 2)],
  ] as const) {
    down = false;
    await mergeOne(store, key, structuredClone(first));
    down = true;
    await expect(mergeOne(store, key, structuredClone(second))).rejects.toThrow("the table is down");
    expect(await recallOne(store, key)).toBe(encodeCell(first));
    expect(await mergeOne(store, key, structuredClone(first))).toBe(encodeCell(first));
    down = false;
    await mergeOne(store, key, structuredClone(second));
    expect(await recallOne(storeOn(table), key)).not.toBe(encodeCell(first));
  }
});

test("what has expired is absent, though it was not deleted yet, and is written over", async () => {
  const table = memoryTable();
  let nowMs = NOW_MS;
  const [store, cold] = [storeOn(table, () => nowMs), storeOn(table, () => nowMs)];
  const evidence = (members: Pairs): Cell => ({
    kind: "evidence",
    value: { ...emptyEvidence(null, null), calls: members },
  });
  const keys = ["document", "chain", "alert"];
  await store.merge(
    new Map([
      ["document", marks("a")],
      ["chain", window(0, 300)],
      ["alert", evidence(pairsOf(calls(0, 300)))],
    ]),
  );
  nowMs += 46 * DAY_MS;
  for (const reader of [store, cold]) expect((await reader.recall(keys)).size).toBe(0);
  for (const writer of [store, cold]) {
    const answers = await writer.merge(
      new Map([
        ["document", marks("b")],
        ["chain", window(300, 310)],
        ["alert", evidence(pairsOf(calls(300, 310)))],
      ]),
    );
    expect([...answers.values()].map(encodeCell)).toEqual(
      [marks("b"), window(300, 310), evidence(pairsOf(calls(300, 310)))].map(encodeCell),
    );
  }
  for (const reader of [store, cold, storeOn(table, () => nowMs)]) expect((await reader.recall(keys)).size).toBe(3);
});

test("a chain that was forgotten and begun anew by another is not believed to be there", async () => {
  const table = memoryTable();
  const { items } = table;
  let nowMs = NOW_MS;
  const store = storeOn(table, () => nowMs);
  await mergeOne(store, "chain", window(0, 300));
  await mergeOne(store, "document", marks("a"));
  nowMs += 50 * DAY_MS;
  items.clear();
  const other = storeOn(table, () => nowMs);
  await mergeOne(other, "chain", window(300, 301));
  await mergeOne(other, "document", marks("b"));
  expect(await mergeOne(store, "chain", window(0, 1))).toBe(
    encodeCell({ kind: "window", value: pairsOf([...calls(0, 1), ...calls(300, 301)]) }),
  );
  expect(await mergeOne(store, "document", marks("a"))).toBe(encodeCell(marks("a", "b")));
});

test.each<[Cell, Cell]>([
  [window(0, 3), marks("a")],
  [marks("a"), window(0, 3)],
  [window(0, 3), { kind: "evidence", value: emptyEvidence(null, null) }],
  [{ kind: "evidence", value: emptyEvidence(null, null) }, window(0, 3)],
])("a cell keeps its kind: %#", async (first, second) => {
  const table = memoryTable();
  const store = storeOn(table);
  const before = await mergeOne(store, "k", structuredClone(first));
  for (const writer of [store, storeOn(table)]) {
    await expect(mergeOne(writer, "k", structuredClone(second))).rejects.toThrow(
      `nothing can be merged into the cell "k": a ${second.kind} cell cannot join a ${first.kind} cell`,
    );
  }
  expect(await recallOne(storeOn(table), "k")).toBe(before);
});

test.each([
  ["a body that is cut short", "document", { body: '["a"' }],
  ["a body that is no gzip", "document", { body: new Uint8Array([1, 2, 3]) }],
  ["a part that is missing", "document", { parts: ["nowhere"] }],
  ["a kind from a later version", "document", { kind: "forecast" }],
  ["a member that is too short", "chain", { members: [new Uint8Array(3)] }],
])("a stored cell that holds %s is named and kept", async (_, key, damage) => {
  const table = memoryTable();
  await storeOn(table).merge(
    new Map([
      ["document", marks("a")],
      ["chain", window(0, 1)],
    ]),
  );
  const item = { ...table.items.get(JSON.stringify(key))!, ...damage };
  table.items.set(item.key, item);
  await expect(storeOn(table).recall([key])).rejects.toThrow(`"${key}"`);
  if (key === "document") {
    await expect(mergeOne(storeOn(table), key, marks("b"))).rejects.toThrow(
      `the stored cell "${key}" cannot be read: `,
    );
    expect(table.items.get(item.key)).toEqual(item);
  }
});
