import { dice, type Dice } from "./dice.ts";
import { happens, integer, logUniform, uniform, weighted } from "./distributions.ts";
import { buildOf, namingOf, type Build, type EntryNaming, type Naming } from "./naming.ts";
import type { Egress, Region } from "./network.ts";
import { VENDOR_ACCOUNT, type Role } from "./record.ts";
import { agentOf, type Agent } from "./agent.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "./time.ts";

export const WORKLOAD_KINDS = ["scanner", "poller", "consumer", "remediation"] as const;
export type WorkloadKind = (typeof WORKLOAD_KINDS)[number];

/** When a workload goes to its customers. Rates are of one account. */
export type Rhythm =
  | {
      readonly kind: "scanner";
      /** After midnight UTC. */
      readonly startMs: number;
      /** Standard deviation of the start from day to day. */
      readonly jitterMs: number;
      readonly durationMs: number;
      /** Calls to one account in one run. */
      readonly passes: number;
      readonly shuffles: boolean;
    }
  | { readonly kind: "poller"; readonly jitterMs: number }
  | {
      readonly kind: "consumer";
      readonly perDay: number;
      /** Of a weekday, on a day of the weekend. */
      readonly weekendShare: number;
      /** Of the logarithm of how busy a customer is. */
      readonly sigma: number;
      /** Of the busiest moment, UTC. */
      readonly peakHour: number;
      readonly spreadHours: number;
    }
  | { readonly kind: "remediation"; readonly perDay: number; readonly most: number };

/** What the vendor's configuration says of a workload's role; what is left out is to be learned. */
export interface Contract {
  readonly callers: boolean;
  readonly sessionNames: boolean;
  readonly cadence: { readonly perTarget: number; readonly every: string } | null;
  readonly regions: boolean;
  readonly maxDuration: boolean;
}

/** A program of the vendor's, and the outbound role with which it enters customers' accounts. */
export interface Workload {
  readonly kind: WorkloadKind;
  readonly rhythm: Rhythm;
  readonly outbound: Role;
  /** The role of its tasks, pods or functions, which assumes `outbound` (hop 1). */
  readonly caller: Role;
  readonly naming: Naming;
  readonly entryNaming: EntryNaming;
  readonly egress: ReadonlyMap<Region, Egress>;
  /** In each region. */
  readonly workers: number;
  readonly agent: Agent;
  /** Moments of its deployments in rising order; the first lies before the first day. */
  readonly deployedMs: readonly number[];
  readonly buildAt: (timeMs: number) => Build;
  /** Share of calls that are made again seconds later. */
  readonly retryRate: number;
  readonly contract: Contract;
}

const WORDS: Readonly<Record<WorkloadKind, readonly string[]>> = {
  scanner: ["scan", "scanner", "posture", "inventory", "crawl"],
  poller: ["poll", "poller", "sync", "usage", "heartbeat"],
  consumer: ["events", "consumer", "ingest", "hook", "reactor"],
  remediation: ["fix", "remediate", "repair", "enforce", "mender"],
};

export interface WorkloadOptions {
  readonly seed: number;
  readonly partition: string;
  readonly regions: readonly Region[];
  readonly startMs: number;
  readonly days: number;
}

/** A workload of that kind, as different from any other vendor's as the dice make it. */
export function workloadOf(kind: WorkloadKind, { seed, partition, regions, startMs, days }: WorkloadOptions): Workload {
  const chance = dice(seed, `workload ${kind}`);
  const prefix = chance.pick(WORDS[kind]);
  const role = (name: string): Role => ({
    arn: `arn:${partition}:iam::${VENDOR_ACCOUNT}:role/${name}`,
    id: chance.awsId("AROA", 17),
  });
  const functions = kind === "consumer";
  const rhythm = rhythmOf(kind, chance);
  const naming = namingOf(prefix, chance);
  const deployedMs = deploymentsOf(dice(seed, `deployments ${kind}`), dice(seed, "release days"), startMs, days);
  const builds = deployedMs.map((_, nth) => buildOf(dice(seed, `build ${kind} ${nth}`)));
  return {
    kind,
    rhythm,
    outbound: role(`${chance.pick(["integration", "outbound", "customer-access"])}-${kind}`),
    caller: role(`${chance.pick(["ecs", "eks", "task"])}-${prefix}`),
    naming,
    entryNaming: functions ? "function" : chance.pick<EntryNaming>(["worker", "pod", "task", "sdk"]),
    egress: new Map(
      regions.map((region, at) => {
        const way = weighted<Egress>(chance, [
          ["nat", 60],
          ["ipv6", 15],
          ["endpoint", 25],
        ]);
        return [region, functions ? "functions" : kind === "poller" && at < 2 ? "nat" : way];
      }),
    ),
    workers: functions ? integer(chance, 6, 30) : kind === "remediation" ? 1 : integer(chance, 1, 6),
    agent: agentOf(prefix, functions, deployedMs.length, chance),
    deployedMs,
    buildAt: (timeMs) => {
      const build = builds[deploymentAt(deployedMs, timeMs)];
      if (build === undefined) throw new RangeError(`${kind} is not deployed at ${timeMs}`);
      return build;
    },
    retryRate: logUniform(chance, 0.003, 0.03),
    contract: contractOf(rhythm, naming, chance),
  };
}

function rhythmOf(kind: WorkloadKind, chance: Dice): Rhythm {
  switch (kind) {
    case "scanner":
      return {
        kind,
        startMs: Math.floor(uniform(chance, 0.3 * HOUR_MS, 20 * HOUR_MS)),
        jitterMs: uniform(chance, 1, 12) * MINUTE_MS,
        durationMs: uniform(chance, 40, 90) * MINUTE_MS,
        passes: integer(chance, 1, 4),
        shuffles: happens(chance, 0.5),
      };
    case "poller":
      return { kind, jitterMs: logUniform(chance, 1000, 90_000) };
    case "consumer":
      return {
        kind,
        perDay: uniform(chance, 5, 10),
        weekendShare: uniform(chance, 0.08, 0.4),
        sigma: uniform(chance, 0.4, 1.1),
        peakHour: uniform(chance, 9, 19),
        spreadHours: uniform(chance, 2, 4),
      };
    case "remediation":
      return { kind, perDay: logUniform(chance, 0.004, 0.04), most: integer(chance, 1, 5) };
  }
}

/** A cadence leaves room for one retry a round, and for a round that starts earlier than the last one. */
function contractOf(rhythm: Rhythm, naming: Naming, chance: Dice): Contract {
  const dutiful = happens(chance, 0.5);
  const cadence =
    rhythm.kind === "scanner"
      ? { perTarget: rhythm.passes + 1, every: "20h" }
      : rhythm.kind === "poller"
        ? { perTarget: 2, every: "50m" }
        : null;
  return {
    callers: happens(chance, 0.65),
    sessionNames: naming.glob !== null && happens(chance, 0.5),
    cadence: dutiful ? cadence : null,
    regions: happens(chance, 0.7),
    maxDuration: happens(chance, 0.5),
  };
}

/** Twice a week, on the same two weekdays for all workloads of a vendor; now and then one has nothing to deploy. */
function deploymentsOf(chance: Dice, release: Dice, startMs: number, days: number): readonly number[] {
  const first = release.below(5);
  const weekdays = [1 + first, 1 + ((first + 2 + release.below(2)) % 5)];
  const hour = uniform(release, 8, 18);
  const deployed = [startMs - 3 * DAY_MS];
  for (let day = 0; day < days; day++) {
    const dayMs = startMs + day * DAY_MS;
    const minutes = chance.below(90);
    if (!weekdays.includes(new Date(dayMs).getUTCDay()) || !happens(chance, 0.85)) continue;
    deployed.push(Math.floor(dayMs + hour * HOUR_MS + minutes * MINUTE_MS));
  }
  return deployed;
}

/** Index of the deployment in force. */
export function deploymentAt(deployedMs: readonly number[], timeMs: number): number {
  return Math.max(
    0,
    deployedMs.findLastIndex((at) => at <= timeMs),
  );
}
