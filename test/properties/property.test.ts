import { expect, test } from "vitest";
import type { Cell, CellKey } from "../../src/memory/cell.ts";
import { throughDynamoDb } from "./attribute-value.ts";
import { difference, lived, replayed, type Told } from "./court.ts";
import { latticeLaws } from "./laws.ts";
import { badNumbersIn } from "./memory-times.ts";
import { check } from "./property.ts";
import { shrunk } from "./shrink.ts";
import { inBatches, orders, shuffled, splits } from "./shuffle.ts";
import { storyOf } from "./story.ts";
import { dice } from "../../src/simulate/dice.ts";

test("a counterexample ends the runs and names the seed that replays it", async () => {
  const odd = (seed: number) => ({ telling: true, broken: seed === 12 ? "twelve" : undefined });
  expect(await check(odd, 10, 100)).toMatchObject({ runs: 3, broken: "seed 12: twelve (replay: --seed 12)" });
  expect(await check(odd, 12, 100)).toMatchObject({ runs: 1 });
  expect(await check(odd, 13, 100)).toMatchObject({ runs: 100, telling: 100, broken: null });
});

test("what a property throws is a counterexample", async () => {
  const throwing = () => {
    throw new Error("out of luck");
  };
  expect((await check(throwing, 1, 5)).broken).toMatch(/^seed 1: Error: out of luck/);
});

test("a failing list is shrunk to what it fails by", async () => {
  const items = Array.from({ length: 100 }, (_, at) => at);
  const fails = (fewer: readonly number[]) => Promise.resolve(fewer.includes(17) && fewer.includes(80));
  expect(await shrunk(items, fails)).toEqual([17, 80]);
});

test("orders, splits and batches lose nothing and repeat nothing", () => {
  const items = ["a", "b", "c", "d"];
  expect(new Set(orders(items).map((order) => order.join(""))).size).toBe(24);
  expect(splits(items)).toHaveLength(8);
  for (const batches of splits(items)) expect(batches.flat()).toEqual(items);
  const chance = dice(1, "batches");
  const many = Array.from({ length: 300 }, (_, at) => at);
  expect(inBatches(many, 64, chance).flat()).toEqual(many);
  expect(shuffled(many, chance).toSorted((a, b) => a - b)).toEqual(many);
});

test("a story is of 40 to 400 events, and the same for the same seed", () => {
  const sizes = Array.from({ length: 200 }, (_, seed) => storyOf(seed).events.length);
  expect(Math.min(...sizes)).toBeGreaterThanOrEqual(40);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(400);
  expect(storyOf(3)).toEqual(storyOf(3));
});

test("lost events are seen, however the rest arrived", async () => {
  const { vendor, events } = storyOf(1);
  const expected = await lived(vendor, [events]);
  expect(difference(expected, await replayed(vendor, [[events]]))).toBeUndefined();
  const rest = [events.slice(0, 1)];
  expect(difference(expected, await lived(vendor, rest))).toMatch(/^expected .*\n {5}got /);
  expect(difference(expected, await replayed(vendor, [rest]))).toMatch(/^expected .*\n {5}got /);
});

test("a store that loses or invents something breaks the laws of its cells", async () => {
  const forgetful = (cell: Cell): Cell =>
    cell.kind === "marks" ? { kind: "marks", value: new Set([...cell.value].slice(1)) } : cell;
  const inventive = (cell: Cell): Cell =>
    cell.kind === "marks" ? { kind: "marks", value: new Set([...cell.value, "extra"]) } : cell;
  for (const through of [forgetful, inventive]) {
    expect((await check(latticeLaws("marks", { "the store": through }), 1, 20)).broken).toContain("after the store");
  }
  expect((await check(latticeLaws("marks", { DynamoDB: throughDynamoDb }), 1, 20)).broken).toBeNull();
});

test("a number that is none, and a moment when nothing can have happened, are found wherever they are", () => {
  const at = (value: unknown): Told["cells"] => new Map<CellKey, Cell>([["k", { kind: "facets", value } as Cell]]);
  const nowMs = Date.UTC(2026, 10, 20);
  expect(badNumbersIn(at(new Map([["a", { sample: [{ timeMs: NaN }] }]])), nowMs)).toEqual([
    "k.a.sample.0.timeMs = NaN",
  ]);
  expect(badNumbersIn(at({ lastMs: nowMs + 1, measures: new Map([["m", Infinity]]) }), nowMs)).toEqual([
    `k.lastMs = ${nowMs + 1}`,
    "k.measures.m = Infinity",
  ]);
  expect(badNumbersIn(at({ firstMs: Date.UTC(2012, 11, 31), windows: new Set(["NaN/1"]) }), nowMs)).toHaveLength(2);
  expect(badNumbersIn(at({ firstMs: null, lastMs: nowMs, calls: 5 }), nowMs)).toEqual([]);
});
