import { dice } from "../src/simulate/dice.ts";
import { crowd, exampleCall, exampleVendor, SCANNER_ARN } from "../src/detectors/example.ts";
import { DETECTORS } from "../src/detectors/index.ts";
import type { Vendor } from "../src/outbound/vendor.ts";
import { judge } from "../src/pipeline/judge.ts";
import { countedTable } from "../src/stores/dynamodb/counted-table.ts";
import { dynamoStore } from "../src/stores/dynamodb/store.ts";
import type { Call } from "../src/trail/call.ts";
import { memoryTable } from "../test/stores/memory-table.ts";

const CALLS = 60_000;
const CUSTOMERS = 2_000;
const WORKERS = 4;
const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 10, 20);

/**
 * One workload of a vendor with 2,000 customers: what share of a day's calls is its own, between which hours, and by how
 * many sessions at once, each of which lasts an hour.
 */
const WORKLOADS = [
  { name: "scanner", share: 0.3, from: 1, to: 5, sessions: 4 },
  { name: "poller", share: 0.6, from: 0, to: 24, sessions: 2 },
  { name: "consumer", share: 0.1, from: 8, to: 18, sessions: 6 },
] as const;

/** A day of it in the order of time: nine calls in ten cross into a customer's account, each into whichever is due. */
function day(): { readonly vendor: Vendor; readonly calls: readonly Call[] } {
  const chance = dice(1, "state");
  const customers = crowd(CUSTOMERS);
  const base = exampleVendor({}, customers);
  const [scanner] = base.outboundRoles.values();
  const roleOf = (name: string): string => SCANNER_ARN.replace("scanner", name);
  const outboundRoles = new Map(
    WORKLOADS.map(({ name }) => [roleOf(name), { ...scanner!, arn: roleOf(name), workload: name }] as const),
  );
  const calls = WORKLOADS.flatMap(({ name, share, from, to, sessions }) =>
    Array.from({ length: CALLS * share }, (_, n) => {
      const at = START_MS + Math.floor(((from + ((to - from) * n) / (CALLS * share)) / 24) * DAY_MS);
      const session = `${name} ${chance.below(sessions)} ${Math.floor(at / 3_600_000)}`;
      return exampleCall({
        at,
        id: `${name}-${n}`,
        target: customers[n % CUSTOMERS]!,
        caller: {
          arn: `${roleOf(name).replace(":iam:", ":sts:").replace(":role/", ":assumed-role/")}/${session}`,
          roleArn: roleOf(name),
          principalId: `AROA${name.toUpperCase()}:${session}`,
          credential: { digest: session, last4: "AAAA" },
        },
        // One call in ten is another service's, as in a trail that is nine tenths role assumptions of the vendor's.
        ...(chance.below(10) === 0 ? { caller: { kind: "AWSService" as const, roleArn: null } } : {}),
      });
    }),
  ).sort((a, b) => a.timeMs - b.timeMs);
  return { vendor: { ...base, outboundRoles }, calls };
}

/**
 * What a day costs in the table: operations on single items an event, reads and refused writes included, and how much of
 * the writes the busiest key takes. Batches go to four workers in turn, each with a cache of its own.
 */
export async function stateBench(print: (line: string) => void): Promise<void> {
  const { vendor, calls } = day();
  for (const [batch, bar] of [
    [10, 0.6],
    [100, 0.15],
    [1000, 0.05],
  ] as const) {
    const table = countedTable(memoryTable());
    const courts = Array.from({ length: WORKERS }, () => ({
      vendor,
      detectors: DETECTORS,
      store: dynamoStore({ table, now: () => START_MS + DAY_MS, pause: () => Promise.resolve() }),
    }));
    for (let at = 0; at < calls.length; at += batch) {
      await judge({ calls: calls.slice(at, at + batch), changes: [] }, courts[(at / batch) % WORKERS]!);
    }
    const all = [...table.operations.values()];
    const reads = all.reduce((sum, each) => sum + each.reads, 0);
    const writes = all.reduce((sum, each) => sum + each.writes, 0);
    const hottest = all.reduce((most, each) => Math.max(most, each.writes), 0);
    print(
      `state, batches of ${batch}: ${((reads + writes) / calls.length).toFixed(3)} operations an event (at most ${bar}), ` +
        `${(writes / calls.length).toFixed(3)} of them writes; hottest key ${((100 * hottest) / writes).toFixed(2)} % of writes (at most 2)`,
    );
  }
}

if (import.meta.main) {
  await stateBench((line) => {
    console.log(line);
  });
}
