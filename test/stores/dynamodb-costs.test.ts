import { expect, test } from "vitest";
import { encodeCell } from "../../src/memory/cell.ts";
import { countedTable } from "../../src/stores/dynamodb/counted-table.ts";
import { DAY_MS, marks, mergeOne, NOW_MS, recallOne, storeOn, window } from "./dynamodb-scene.ts";
import { memoryTable } from "./memory-table.ts";

/** What was asked of a table since the last time this was asked. */
function meter(table = memoryTable()) {
  const counted = countedTable(table);
  let before = { reads: 0, writes: 0 };
  const spent = (): { reads: number; writes: number } => {
    const all = [...counted.operations.values()];
    const now = {
      reads: all.reduce((sum, { reads }) => sum + reads, 0),
      writes: all.reduce((sum, { writes }) => sum + writes, 0),
    };
    const since = { reads: now.reads - before.reads, writes: now.writes - before.writes };
    before = now;
    return since;
  };
  return { table: counted, items: table.items, spent };
}

test("a new cell costs one write, and what is known to be stored costs nothing", async () => {
  const { table, spent } = meter();
  const store = storeOn(table);
  await mergeOne(store, "chain", window(0, 3));
  await mergeOne(store, "document", marks("a", "b"));
  expect(spent()).toEqual({ reads: 0, writes: 2 });
  expect(await mergeOne(store, "chain", window(1, 2))).toBe(encodeCell(window(0, 3)));
  expect(await mergeOne(store, "document", marks("b"))).toBe(encodeCell(marks("a", "b")));
  expect(spent()).toEqual({ reads: 0, writes: 0 });
  await mergeOne(store, "chain", window(2, 4));
  await mergeOne(store, "document", marks("c"));
  expect(spent()).toEqual({ reads: 0, writes: 2 });
});

test("a process that knows nothing of a cell learns of it by writing", async () => {
  const { table, spent } = meter();
  await mergeOne(storeOn(table), "chain", window(0, 100));
  await mergeOne(storeOn(table), "document", marks("a"));
  spent();
  expect(await mergeOne(storeOn(table), "chain", window(100, 101))).toBe(encodeCell(window(0, 101)));
  expect(spent()).toEqual({ reads: 0, writes: 1 });
  expect(await mergeOne(storeOn(table), "document", marks("a"))).toBe(encodeCell(marks("a")));
  expect(spent()).toEqual({ reads: 0, writes: 1 });
  expect(await mergeOne(storeOn(table), "document", marks("b"))).toBe(encodeCell(marks("a", "b")));
  expect(spent()).toEqual({ reads: 0, writes: 2 });
});

test("a hot set's writes go to many items", async () => {
  const { table } = meter();
  const store = storeOn(table);
  const other = storeOn(table);
  for (let n = 0; n < 20_000; n += 5) {
    await (n % 2 === 0 ? store : other).merge(new Map([["hot", window(n, n + 5)]]));
  }
  const writes = [...table.operations.values()].map(({ writes }) => writes);
  const all = writes.reduce((sum, count) => sum + count, 0);
  expect(Math.max(...writes) / all).toBeLessThanOrEqual(0.02);
  expect(all).toBeLessThan(1.2 * 4_000);
  expect(await recallOne(storeOn(table), "hot")).toBe(encodeCell(window(0, 20_000)));
});

test("a set of 20,000 members that comes at once is written in some forty pieces, and read in few steps", async () => {
  const { table, spent } = meter();
  expect(await mergeOne(storeOn(table), "hot", window(0, 20_000))).toBe(encodeCell(window(0, 20_000)));
  expect(spent()).toEqual({ reads: 0, writes: 40 });
  expect(await recallOne(storeOn(table), "hot")).toBe(encodeCell(window(0, 20_000)));
  expect(spent().reads).toBeLessThan(80);
});

test("what is merged again lives on as a whole, though nothing in it is new", async () => {
  const { table, items, spent } = meter();
  let nowMs = NOW_MS;
  const store = storeOn(table, () => nowMs);
  await mergeOne(store, "document", marks("a"));
  for (let n = 0; n < 600; n += 50) await mergeOne(store, "chain", window(n, n + 50));
  spent();
  nowMs += 30 * DAY_MS;
  await mergeOne(store, "document", marks("a"));
  await mergeOne(store, "chain", window(0, 1));
  expect(spent()).toEqual({ reads: 4, writes: 5 });
  nowMs += 30 * DAY_MS;
  for (const [key, { expires }] of items) if (expires <= nowMs / 1000) items.delete(key);
  for (const reader of [store, storeOn(table, () => nowMs)]) {
    expect(await recallOne(reader, "document")).toBe(encodeCell(marks("a")));
    expect(await recallOne(reader, "chain")).toBe(encodeCell(window(0, 600)));
  }
});
