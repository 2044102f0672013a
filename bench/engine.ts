import { exampleCall, exampleVendor, crowd } from "../src/detectors/example.ts";
import { DETECTORS } from "../src/detectors/index.ts";
import type { Vendor } from "../src/outbound/vendor.ts";
import { judge, type Postponed } from "../src/pipeline/judge.ts";
import { buildTable, readCidr } from "../src/ranges/cidr.ts";
import { memoryStore } from "../src/stores/memory.ts";
import type { Call } from "../src/trail/call.ts";

const CALLS = 50_000;
const BATCH = 256;
const ROUNDS = 7;
const DAY_SECONDS = 86_400;

/** Microseconds that judging a call takes, over a day of calls spread evenly over the accounts. */
async function costOf(vendor: Vendor, calls: readonly Call[]): Promise<number> {
  const store = memoryStore();
  const postponed: Postponed = { facets: new Map(), slices: new Map() };
  const court = { vendor, detectors: DETECTORS, store };
  const started = performance.now();
  for (let at = 0; at < calls.length; at += BATCH) {
    await judge({ calls: calls.slice(at, at + BATCH), changes: [] }, court, postponed);
  }
  return ((performance.now() - started) * 1000) / calls.length;
}

function callsTo(accounts: number): { readonly customers: ReturnType<typeof crowd>; readonly calls: readonly Call[] } {
  const customers = crowd(accounts);
  const start = Date.UTC(2026, 10, 20);
  const calls = Array.from({ length: CALLS }, (_, at) =>
    exampleCall({
      at: start + Math.floor((at / CALLS) * DAY_SECONDS) * 1000,
      target: customers[at % accounts]!,
      id: `call-${at}`,
    }),
  );
  return { customers, calls };
}

function withRanges(vendor: Vendor, count: number): Vendor {
  const [pool] = vendor.whereabouts.pools;
  const more = Array.from({ length: count - pool!.table.ranges.length }, (_, at) => {
    const { cidr } = readCidr(`11.${at >> 8}.${at & 255}.0/28`);
    return { cidr: cidr!, region: "us-east-1", service: null };
  });
  const table = buildTable([...pool!.table.ranges, ...more]);
  return { ...vendor, whereabouts: { ...vendor.whereabouts, pools: [{ name: pool!.name, table }] } };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** The cost of a call must not grow with the registered accounts, nor with the ranges. In turn, medians. */
async function compare(
  print: (line: string) => void,
  what: string,
  few: () => Promise<number>,
  many: () => Promise<number>,
): Promise<void> {
  const [a, b]: [number[], number[]] = [[], []];
  for (let round = 0; round <= ROUNDS; round++) {
    const [costFew, costMany] = [await few(), await many()];
    if (round > 0) {
      a.push(costFew);
      b.push(costMany);
    }
  }
  const ratio = (median(b) / median(a)).toFixed(2);
  print(
    `engine, ${what}: 10: ${median(a).toFixed(2)} us a call, 10,000: ${median(b).toFixed(2)} us a call, ${ratio} x`,
  );
}

/** What the whole engine with every detector takes for a decoded call. */
export async function engineBench(print: (line: string) => void): Promise<void> {
  const [few, many] = [callsTo(10), callsTo(10_000)];
  const [vendorFew, vendorMany] = [exampleVendor({}, few.customers), exampleVendor({}, many.customers)];
  await compare(
    print,
    "registered accounts, the same calls",
    () => costOf(vendorFew, few.calls),
    () => costOf(exampleVendorWith(few.customers, many.customers), few.calls),
  );
  await compare(
    print,
    "registered accounts, calls to all of them",
    () => costOf(vendorFew, few.calls),
    () => costOf(vendorMany, many.calls),
  );
  await compare(
    print,
    "ranges",
    () => costOf(withRanges(vendorFew, 10), few.calls),
    () => costOf(withRanges(vendorFew, 10_000), few.calls),
  );
}

/** A registry that holds some customers and all the others besides. */
function exampleVendorWith(own: ReturnType<typeof crowd>, all: ReturnType<typeof crowd>): Vendor {
  return exampleVendor({}, [...own, ...all.slice(own.length)]);
}

if (import.meta.main) {
  await engineBench((line) => {
    console.log(line);
  });
}
