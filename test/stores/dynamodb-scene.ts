import { setTimeout as sleep } from "node:timers/promises";
import { encodeCell, type Cell, type CellKey } from "../../src/memory/cell.ts";
import { fullJitter } from "../../src/stores/dynamodb/pause.ts";
import { dynamoStore } from "../../src/stores/dynamodb/store.ts";
import type { Table } from "../../src/stores/dynamodb/table.ts";
import type { Store } from "../../src/stores/store.ts";
import { pairsOf } from "../memory/arbitraries.ts";

export const NOW_MS = Date.parse("2026-11-20T10:00:00Z");
export const DAY_MS = 24 * 60 * 60 * 1000;
export const pause = fullJitter(sleep, Math.random);

export const marks = (...members: string[]): Cell => ({ kind: "marks", value: new Set(members) });
export const calls = (from: number, to: number): (readonly [number, number])[] =>
  Array.from({ length: to - from }, (_, n) => [1 + ((from + n) % 100), 1 + from + n] as const);
export const window = (from: number, to: number): Cell => ({ kind: "window", value: pairsOf(calls(from, to)) });

export const storeOn = (table: Table, now = (): number => NOW_MS): Store => dynamoStore({ table, now, pause });

export async function mergeOne(store: Store, key: CellKey, cell: Cell): Promise<string> {
  return encodeCell((await store.merge(new Map([[key, cell]]))).get(key)!);
}

export async function recallOne(store: Store, key: CellKey): Promise<string | null> {
  const cell = (await store.recall([key])).get(key);
  return cell === undefined ? null : encodeCell(cell);
}
