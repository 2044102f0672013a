import { customersOf, type Customer } from "./customer.ts";
import { dice } from "./dice.ts";
import { happens, integer, uniform } from "./distributions.ts";
import { MOST_REGIONS, partitionOf, regionsOf, type Partition, type Region } from "./network.ts";
import { DAY_MS, HOUR_MS } from "./time.ts";
import { workloadOf, WORKLOAD_KINDS, type Workload, type WorkloadKind } from "./workload.ts";

/** What an estate is made from; the same options make the same estate, record for record. */
export interface EstateOptions {
  readonly seed: number;
  /** Customer accounts at the end of the last day, from 20. */
  readonly accounts: number;
  /** From 2. What happens in the first half of them is there to be learned from. */
  readonly days: number;
  /** Midnight UTC of the first day. */
  readonly startMs: number;
  /** From 2 to 4; a partition that has fewer has fewer. */
  readonly regions?: number;
  /** All four where absent. The poller is always there. */
  readonly workloads?: readonly WorkloadKind[];
}

/** A vendor with its workloads and customers, and what happens to it by the way. */
export interface Estate {
  readonly seed: number;
  readonly startMs: number;
  readonly days: number;
  readonly partition: Partition;
  readonly regions: readonly Region[];
  readonly workloads: readonly Workload[];
  readonly customers: readonly Customer[];
  /** Share of calls that are denied for no lasting reason. */
  readonly denialRate: number;
  /** Share of calls through the global endpoint. */
  readonly globalShare: number;
  /** A workload that makes each call four times for two hours. */
  readonly storm: { readonly kind: WorkloadKind; readonly startMs: number; readonly endMs: number };
  /** The scanner's one run off schedule; on a day and at a time of its own. */
  readonly rescanMs: number;
  /** Which workload's role probes new customers. */
  readonly prober: Workload;
}

export const FEWEST = { accounts: 20, days: 2, regions: 2 } as const;

/** Everything about an estate that the seed decides once. Throws `RangeError` where the options have no room for it. */
export function estateOf(options: EstateOptions): Estate {
  const { seed, accounts, days, startMs, regions: regionCount = 3, workloads: kinds = WORKLOAD_KINDS } = options;
  if (accounts < FEWEST.accounts || days < FEWEST.days)
    throw new RangeError(`an estate has at least ${FEWEST.accounts} accounts and ${FEWEST.days} days`);
  if (regionCount < FEWEST.regions || regionCount > MOST_REGIONS)
    throw new RangeError(`an estate has ${FEWEST.regions} to ${MOST_REGIONS} regions`);
  if (startMs % DAY_MS !== 0) throw new RangeError("an estate starts at midnight UTC");
  const partition = partitionOf(dice(seed, "partition"));
  const regions = regionsOf(partition, regionCount, dice(seed, "regions"));
  const place = { seed, partition, regions, startMs, days };
  const workloads = WORKLOAD_KINDS.filter((kind) => kind === "poller" || kinds.includes(kind)).map((kind) =>
    workloadOf(kind, place),
  );
  const chance = dice(seed, "estate");
  const stormMs = Math.floor(startMs + uniform(chance, 0.1, 0.95) * days * DAY_MS);
  const stormy = chance.pick(workloads.filter(({ kind }) => kind !== "remediation"));
  const rescanDay = integer(chance, Math.floor(days / 3), days - 1);
  return {
    ...place,
    workloads,
    customers: customersOf({ ...place, accounts }),
    denialRate: uniform(chance, 0.006, 0.018),
    globalShare: partition === "aws" && happens(chance, 0.5) ? uniform(chance, 0.01, 0.08) : 0,
    storm: { kind: stormy.kind, startMs: stormMs, endMs: stormMs + 2 * HOUR_MS },
    rescanMs: Math.floor(startMs + rescanDay * DAY_MS + uniform(chance, 0.1, 21) * HOUR_MS),
    prober: chance.pick(workloads.filter(({ kind }) => kind !== "remediation")),
  };
}

/** The first day on which things go wrong: what comes before is there to be learned from. */
export function firstScoredDay({ days }: Pick<Estate, "days">): number {
  return Math.ceil(days / 2);
}

/** The workload of that kind, or the poller, which every estate has. */
export function workloadNamed({ workloads }: Estate, kind: WorkloadKind): Workload {
  const found = workloads.find((workload) => workload.kind === kind) ?? workloads.find((own) => own.kind === "poller");
  if (found === undefined) throw new RangeError("an estate has a poller");
  return found;
}
