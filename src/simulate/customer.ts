import { dice, type Dice } from "./dice.ts";
import { happens, logNormal, uniform, weighted } from "./distributions.ts";
import type { Region } from "./network.ts";
import type { Role } from "./record.ts";
import { DAY_MS, HOUR_MS, isWeekend, MINUTE_MS } from "./time.ts";

/** A customer's account, and what becomes of it. Times are epoch milliseconds. */
export interface Customer {
  readonly index: number;
  readonly tenant: string;
  readonly account: string;
  /** The role that the vendor enters (hop 2). */
  readonly role: Role;
  readonly region: Region;
  readonly externalId: string;
  /** Valid before `rotatedMs`, and beside its successor until `overlapEndMs`; null for most. */
  readonly former: { readonly externalId: string; readonly rotatedMs: number; readonly overlapEndMs: number } | null;
  /** When it was registered and, without an external ID, probed. */
  readonly sinceMs: number;
  /** When the workloads begin to enter it. */
  readonly activeMs: number;
  /** When it was off-boarded; null: never. */
  readonly untilMs: number | null;
  /** When it deleted the role without telling anybody: from then on every call is denied. */
  readonly deletedMs: number | null;
  /** How much busier than the median it is. */
  readonly activity: number;
  /** Whether it sends the vendor its own trail, in which the same calls appear a second time. */
  readonly forwardsTrail: boolean;
}

/** An onboarding of many customers at once. */
interface Burst {
  readonly startMs: number;
  readonly lengthMs: number;
  readonly accounts: number;
}

export interface CustomersOptions {
  readonly seed: number;
  readonly accounts: number;
  readonly partition: string;
  readonly regions: readonly Region[];
  readonly startMs: number;
  readonly days: number;
}

/**
 * The accounts that the vendor has in the end: the first were there before, the others came in bursts. Of the former,
 * the last few leave and the like befall at random.
 */
export function customersOf(options: CustomersOptions): readonly Customer[] {
  const { seed, accounts, startMs } = options;
  const bursts = burstsOf(options);
  const grown = bursts.reduce((sum, burst) => sum + burst.accounts, 0);
  const arrivals = bursts.flatMap((burst) =>
    Array.from({ length: burst.accounts }, (_, nth) => burst.startMs + (nth / burst.accounts) * burst.lengthMs),
  );
  const fates = dice(seed, "fates");
  const fate = fatesOf(fates);
  const old = accounts - grown;
  let tenant = 0;
  return Array.from({ length: accounts }, (_, index) => {
    const arrivedMs = arrivals[index - old];
    // Many a tenant brings several accounts, which come one after the other.
    if (index > 0 && !happens(fates, 0.12)) tenant++;
    return customerOf(index, tenant, arrivedMs ?? startMs - (index + 20) * HOUR_MS * 7, old, options, fate);
  });
}

/** Every fourth day or so, until the estate has grown to its size. */
function burstsOf({ seed, accounts, startMs, days }: CustomersOptions): readonly Burst[] {
  const chance = dice(seed, "onboarding");
  const bursts: Burst[] = [];
  let left = Math.floor(accounts * uniform(chance, 0.15, 0.4));
  for (let day = chance.below(4); day < days && left > 0; day += 3 + chance.below(3)) {
    const dayMs = startMs + day * DAY_MS;
    // Of 2,000 accounts 40 to 250 at a time.
    const size = Math.min(left, Math.max(3, Math.round(accounts * uniform(chance, 0.02, 0.125))));
    const start = uniform(chance, 8, 16) * HOUR_MS;
    if (isWeekend(dayMs)) continue;
    bursts.push({ startMs: Math.floor(dayMs + start), lengthMs: uniform(chance, 0.3, 5) * HOUR_MS, accounts: size });
    left -= size;
  }
  return bursts;
}

/** Shares of customers to whom this happens, within the days of the estate. */
interface Fates {
  readonly leaves: number;
  readonly deletes: number;
  readonly rotates: number;
  readonly forwards: number;
  /** Of the logarithm of activity. */
  readonly sigma: number;
  readonly regionWeights: readonly number[];
}

function fatesOf(chance: Dice): Fates {
  return {
    leaves: uniform(chance, 0.005, 0.02),
    deletes: uniform(chance, 0.003, 0.012),
    rotates: uniform(chance, 0.01, 0.04),
    forwards: uniform(chance, 0.01, 0.05),
    sigma: uniform(chance, 0.3, 1),
    regionWeights: Array.from({ length: 8 }, () => uniform(chance, 0.3, 1)),
  };
}

/** These leave in the first half whatever the dice say, so that there is always somebody who has left. */
const CERTAIN_TO_LEAVE = 2;

function customerOf(
  index: number,
  tenantNumber: number,
  arrivedMs: number,
  old: number,
  { seed, partition, regions, startMs, days }: CustomersOptions,
  fates: Fates,
): Customer {
  const chance = dice(seed, `customer ${index}`);
  const account = accountNumber(index);
  const endMs = startMs + days * DAY_MS;
  const sinceMs = Math.floor(arrivedMs / 1000) * 1000;
  const activeMs = sinceMs < startMs ? sinceMs + DAY_MS / 2 : (Math.floor(sinceMs / DAY_MS) + 1) * DAY_MS;
  const sometime = (): number => Math.floor(uniform(chance, Math.max(activeMs, startMs) + HOUR_MS, endMs));
  const soon = (): number => Math.floor(startMs + uniform(chance, 0.1, 0.45) * days * DAY_MS);
  const path = chance.below(10) === 0 ? "integrations/" : "";
  const departure = happens(chance, fates.leaves) && activeMs + 2 * HOUR_MS < endMs ? sometime() : null;
  const deletion = happens(chance, fates.deletes) && activeMs + 2 * HOUR_MS < endMs ? sometime() : null;
  const leavesForCertain = index < old && index < CERTAIN_TO_LEAVE;
  const rotatedMs = happens(chance, fates.rotates) && activeMs + 2 * HOUR_MS < endMs ? sometime() : null;
  const overlapMs = uniform(chance, 20, 80) * HOUR_MS;
  return {
    index,
    tenant: tenantName(tenantNumber),
    account,
    role: {
      arn: `arn:${partition}:iam::${account}:role/${path}Vendor-${chance.hex(4)}`,
      id: chance.awsId("AROA", 17),
    },
    region: weighted(
      chance,
      regions.map((region, at) => [region, fates.regionWeights[at] ?? 1]),
    ),
    externalId: chance.uuid(),
    former:
      rotatedMs === null
        ? null
        : { externalId: chance.uuid(), rotatedMs, overlapEndMs: Math.floor(rotatedMs + overlapMs) },
    sinceMs,
    activeMs,
    untilMs: leavesForCertain ? soon() : departure,
    deletedMs: leavesForCertain ? null : deletion,
    activity: logNormal(chance, fates.sigma),
    forwardsTrail: happens(chance, fates.forwards),
  };
}

/** Whether the vendor's workloads go there at that moment. */
export function isServed({ activeMs, untilMs }: Customer, atMs: number): boolean {
  return activeMs <= atMs && atMs < (untilMs ?? Infinity);
}

/** The vendor's last calls before an off-boarding are well before it: nobody works on a customer who has signed off. */
export const LEAVING_MS = 30 * MINUTE_MS;

/** The ID that a workload presents: through a rotation's overlap now and then still the former one, as `stale` says. */
export function externalIdAt({ externalId, former }: Customer, atMs: number, stale: boolean): string {
  if (former === null || atMs >= former.overlapEndMs) return externalId;
  return atMs < former.rotatedMs || stale ? former.externalId : externalId;
}

const EXAMPLE_ACCOUNTS = ["111122223333", "444455556666"];

/** After the two of AWS's documentation, numbers in a row that look made up. */
function accountNumber(index: number): string {
  return EXAMPLE_ACCOUNTS[index] ?? String(222_233_300_000 + index);
}

const COLOURS = ["amber", "azure", "coral", "ivory", "jade", "lilac", "ochre", "olive", "pearl", "umber"];
const TRADES = ["bakery", "bank", "cinema", "clinic", "ferry", "forge", "garden", "mill", "press", "school"];

function tenantName(number: number): string {
  const [lap, row, column] = [Math.floor(number / 100), Math.floor(number / 10), number % 10];
  const colour = COLOURS[(row + column) % 10] ?? "";
  return `${colour}-${TRADES[column] ?? ""}${lap === 0 ? "" : `-${lap + 1}`}`;
}
