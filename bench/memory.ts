import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeCell, joinCells, type Cell, type CellKey } from "../src/memory/cell.ts";
import { noPairs } from "../src/memory/pairs.ts";
import { countable, noteCall, sliceAt } from "../src/memory/window.ts";
import { memoryStore } from "../src/stores/memory.ts";
import { sqliteStore } from "../src/stores/sqlite.ts";
import type { Store } from "../src/stores/store.ts";
import type { Call } from "../src/trail/call.ts";

const CALLS = 1_000_000;
const ACCOUNTS = 5_000;
const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;
const START_MS = Date.parse("2026-11-20T00:00:00Z");

/** What memory costs: bytes a call in window cells, joins a second, merges a second in each store. */
export async function memoryBench(print: (line: string) => void): Promise<void> {
  print(
    `${grouped(CALLS)} calls of one day, ${grouped(ACCOUNTS)} accounts${"gc" in globalThis ? "" : " (heap figures are rough: run with --expose-gc)"}`,
  );
  for (const lengthMs of [5 * MINUTE_MS, 60 * MINUTE_MS, DAY_MS]) {
    windowCells(print, `one workload, ${lengthMs / MINUTE_MS} min`, lengthMs, () => "scanner");
  }
  windowCells(print, "a subject per account, 1440 min", DAY_MS, accountOf);
  joins(print);
  await merges(print, "memory", memoryStore(), 200);
  const folder = mkdtempSync(join(tmpdir(), "deputywatch-bench-"));
  try {
    await merges(print, "sqlite", sqliteStore(join(folder, "memory.db")), 20);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function windowCells(
  print: (line: string) => void,
  title: string,
  lengthMs: number,
  subject: (n: number) => string,
): void {
  const cells = new Map<CellKey, Cell>();
  const before = heldBytes();
  const started = performance.now();
  for (let n = 0; n < CALLS; n++) {
    const call = nthCall(n);
    const key = `window/${subject(n)}/${sliceAt(call.timeMs, lengthMs)}`;
    let cell = cells.get(key);
    if (cell === undefined) cells.set(key, (cell = { kind: "window", value: noPairs() }));
    if (cell.kind === "window")
      noteCall(cell.value, countable(call, call.target.roleArn ?? ""), sliceAt(call.timeMs, lengthMs), lengthMs);
  }
  const perSecond = CALLS / seconds(started);
  const bytes = (heldBytes() - before) / CALLS;
  let stored = 0;
  for (const cell of cells.values()) stored += encodeCell(cell).length;
  print(
    `  ${title}: ${grouped(cells.size)} cells, ${bytes.toFixed(1)} bytes a call held, ` +
      `${(stored / CALLS).toFixed(1)} stored, ${grouped(perSecond)} calls/s noted`,
  );
}

function joins(print: (line: string) => void): void {
  const deltas = Array.from({ length: 100_000 }, (_, n) => sliceOf([n]));
  let started = performance.now();
  deltas.reduce(joinCells);
  print(`  joins: ${grouped(deltas.length / seconds(started))}/s of one call into a day's window`);

  const half = CALLS / 2;
  const halves = [0, half].map((first) => sliceOf(Array.from({ length: half }, (_, n) => first + n)));
  started = performance.now();
  const whole = halves.reduce(joinCells);
  print(`  joining two windows of ${grouped(half)} calls: ${(seconds(started) * 1000).toFixed(0)} ms`);
  started = performance.now();
  encodeCell(whole);
  print(`  encoding the window of ${grouped(CALLS)} calls: ${(seconds(started) * 1000).toFixed(0)} ms`);
}

/** Batches of a hundred calls, each into its account's window: what one delivery of a trail looks like to a store. */
async function merges(print: (line: string) => void, title: string, store: Store, batches: number): Promise<void> {
  const built = Array.from({ length: batches }, (_, batch) => {
    const numbers = Array.from({ length: 100 }, (_, n) => batch * 100 + n);
    return new Map(numbers.map((n) => [`window/${accountOf(n % 500)}`, sliceOf([n])]));
  });
  const started = performance.now();
  for (const deltas of built) await store.merge(deltas);
  const tookSeconds = seconds(started);
  const single = Array.from({ length: batches * 10 }, (_, n) => new Map([["window/scanner", sliceOf([n])]]));
  const startedSingle = performance.now();
  for (const deltas of single) await store.merge(deltas);
  print(
    `  ${title}: ${grouped(batches / tookSeconds)} merges/s of 100 cells (${grouped((batches * 100) / tookSeconds)} cells/s), ` +
      `${grouped(single.length / seconds(startedSingle))} merges/s of one cell that grows to ${grouped(single.length)} calls`,
  );
  const large = new Map([["window/day", sliceOf(Array.from({ length: 100_000 }, (_, n) => n))]]);
  await store.merge(large);
  const startedLarge = performance.now();
  await store.merge(new Map([["window/day", sliceOf([100_000])]]));
  print(`  ${title}: ${(seconds(startedLarge) * 1000).toFixed(1)} ms to merge one call into a cell of 100,000`);
  await store.close();
}

function sliceOf(numbers: readonly number[]): Cell {
  const slice = noPairs();
  for (const n of numbers) {
    const call = nthCall(n);
    noteCall(slice, countable(call, call.target.roleArn ?? ""), sliceAt(call.timeMs, DAY_MS), DAY_MS);
  }
  return { kind: "window", value: slice };
}

function accountOf(n: number): string {
  return String(100_000_000_000 + (n % ACCOUNTS));
}

/** The vendor's rounds: account after account, evenly over one day. */
function nthCall(n: number): Call {
  const account = accountOf(n);
  const sessionName = `scan-${account}`;
  return {
    key: `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`,
    eventIds: [`10000000-0000-4000-8000-${String(n).padStart(12, "0")}`],
    timeMs: START_MS + Math.floor((n / CALLS) * DAY_MS),
    operation: "AssumeRole",
    outcome: "allowed",
    errorCode: null,
    caller: {
      kind: "AssumedRole",
      arn: "arn:aws:sts::999988887777:assumed-role/integration-scanner/i-1",
      principalId: "AROAEXAMPLE:i-1",
      account: "999988887777",
      roleArn: "arn:aws:iam::999988887777:role/integration-scanner",
      sessionName: "i-1",
      userName: null,
      credential: { digest: "00112233445566aa", last4: "AMPL" },
      invokedBy: null,
      human: [],
      sessionStartMs: null,
      machine: false,
      sourceIdentity: null,
    },
    target: { roleArn: `arn:aws:iam::${account}:role/Vendor`, account },
    asked: {
      sessionName,
      externalId: null,
      durationSeconds: null,
      sessionPolicy: false,
      sourceIdentity: null,
      mfaSerial: false,
    },
    issued: null,
    source: { address: "198.51.100.7", vpcEndpointId: null },
    userAgent: "aws-sdk-go-v2/1.30",
    region: "us-east-1",
    globalEndpoint: false,
    recipient: "999988887777",
    partial: false,
  };
}

function heldBytes(): number {
  // Twice: buffers of what the first one finds are given back while the second one runs.
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function seconds(sinceMs: number): number {
  return (performance.now() - sinceMs) / 1000;
}

function grouped(n: number): string {
  return Math.round(n).toLocaleString("en");
}

if (import.meta.main) await memoryBench(console.log);
