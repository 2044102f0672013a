import { expect, test } from "vitest";
import type { Cell } from "../../src/memory/cell.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { storeContract } from "./contract.ts";

storeContract("the store in memory", () => Promise.resolve({ store: memoryStore() }));

test("a delta moves into memory without a copy, and later ones are joined into it", async () => {
  const store = memoryStore();
  const first: Cell = { kind: "marks", value: new Set(["a"]) };
  await store.merge(new Map([["k", first]]));
  await store.merge(new Map([["k", { kind: "marks", value: new Set(["b"]) }]]));
  expect((await store.recall(["k"])).get("k")?.value).toBe(first.value);
  expect(first.value).toEqual(new Set(["a", "b"]));
});
