import { dice, type Dice } from "../../src/simulate/dice.ts";
import { VENDOR_ACCOUNT, type Role } from "../../src/simulate/record.ts";

export { VENDOR_ACCOUNT, type Role };

/** A region that the vendor runs in, with the NAT addresses behind which its workers call. */
export interface Home {
  readonly region: string;
  /** Owned and published, from the documentation ranges. @see https://www.rfc-editor.org/rfc/rfc5737 */
  readonly cidr: string;
  readonly natAddresses: readonly [string, string];
}

/** Workers of the two never share a session: what one of them issues is not used from the other. */
export const HOMES: readonly [Home, Home] = [
  { region: "us-east-1", cidr: "198.51.100.0/25", natAddresses: ["198.51.100.10", "198.51.100.11"] },
  { region: "eu-west-1", cidr: "192.0.2.0/25", natAddresses: ["192.0.2.20", "192.0.2.21"] },
];

/** The vendor's own people leave through here: owned as well, which is why an address alone clears nobody. */
export const OFFICE = { cidr: "198.51.100.128/28", address: "198.51.100.130" } as const;

/** Where the attacks come from. @see https://www.rfc-editor.org/rfc/rfc3849 for the IPv6 documentation prefix */
export const ELSEWHERE = { thief: "203.0.113.9", thiefIpv6: "2001:db8:bad::17", twin: "203.0.113.77" } as const;

/** What the vendor runs against its customers, and the contract that its configuration states. */
export interface Workload {
  readonly name: string;
  readonly outbound: Role;
  /** The ECS task role that assumes `outbound` (hop 1). */
  readonly caller: Role;
  readonly sessionGlob: string;
  readonly every: string;
  readonly everyMs: number;
  readonly userAgent: string;
}

/** A customer, and the role in its account that the vendor enters (hop 2). */
export interface Customer {
  readonly tenant: string;
  readonly account: string;
  readonly role: Role;
  readonly externalId: string;
  /** Mid-rotation: the ID that the first day still uses. Null for most. */
  readonly previousExternalId: string | null;
  readonly home: Home;
  /** Whether it sends the vendor its own trail, in which the same calls appear a second time. */
  readonly forwardsTrail: boolean;
}

/** The vendor's two workloads, and whom they enter. */
export interface Estate {
  readonly workloads: readonly [scanner: Workload, poller: Workload];
  readonly customers: readonly Customer[];
}

/** Milliseconds. */
export const HOUR_MS = 3_600_000;
/** Milliseconds. */
export const DAY_MS = 24 * HOUR_MS;

/** The sample vendor and its customers, as `seed` makes them. */
export function estateOf(seed: number, tenants: number): Estate {
  return {
    workloads: [
      workload("scanner", "scan-{tenant}-*", "24h", DAY_MS, dice(seed, "scanner")),
      workload("poller", "poll-{account}-*", "1h", HOUR_MS, dice(seed, "poller")),
    ],
    customers: Array.from({ length: tenants }, (_, index) => customer(index, dice(seed, `customer ${index}`))),
  };
}

function workload(name: string, sessionGlob: string, every: string, everyMs: number, chance: Dice): Workload {
  const role = (roleName: string): Role => ({
    arn: `arn:aws:iam::${VENDOR_ACCOUNT}:role/${roleName}`,
    id: chance.awsId("AROA", 17),
  });
  return {
    name,
    outbound: role(`integration-${name}`),
    caller: role(`ecs-${name}`),
    sessionGlob,
    every,
    everyMs,
    userAgent:
      "Boto3/1.42.3 md/Botocore#1.42.3 ua/2.1 os/linux#6.1.158 md/arch#aarch64 lang/python#3.13.7 md/pyimpl#CPython exec-env/AWS_ECS_FARGATE cfg/retry-mode#standard Botocore/1.42.3",
  };
}

const COLOURS = ["amber", "azure", "coral", "ivory", "jade", "lilac", "ochre", "olive", "pearl", "umber"];
const TRADES = ["bakery", "bank", "cinema", "clinic", "ferry", "forge", "garden", "mill", "press", "school"];
const EXAMPLE_ACCOUNTS = ["111122223333", "444455556666"];

function customer(index: number, chance: Dice): Customer {
  const [lap, row, column] = [Math.floor(index / 100), Math.floor(index / 10), index % 10];
  const colour = COLOURS[(row + column) % 10]!;
  const trade = TRADES[column]!;
  const account = EXAMPLE_ACCOUNTS[index] ?? String(222_233_330_000 + index);
  const path = index % 10 === 3 ? "integrations/" : "";
  return {
    tenant: `${colour}-${trade}${lap === 0 ? "" : `-${lap + 1}`}`,
    account,
    role: { arn: `arn:aws:iam::${account}:role/${path}Vendor-${chance.hex(4)}`, id: chance.awsId("AROA", 17) },
    externalId: chance.uuid(),
    previousExternalId: index % 25 === 7 ? chance.uuid() : null,
    home: HOMES[index % 2]!,
    forwardsTrail: index % 10 === 5,
  };
}
