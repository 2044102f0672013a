import { dice, type Dice } from "../../src/simulate/dice.ts";
import {
  ACME,
  AWAY,
  AWAY_IPV6,
  crowd,
  customer,
  customersCopy,
  deniedCall,
  exampleCall,
  exampleChange,
  exampleDigest,
  exampleEntry,
  exampleUse,
  exampleVendor,
  GLOBEX,
  HOME,
  HOME_AFTER_FAILOVER,
  HOME_IN_EUROPE,
  later,
  promisedNames,
} from "../../src/detectors/example.ts";
import { exampleIncident } from "../../src/detectors/example-incident.ts";
import { exampleTrust } from "../../src/detectors/example-trust.ts";
import type { Vendor } from "../../src/outbound/vendor.ts";
import type { Call } from "../../src/trail/call.ts";
import type { Event } from "./court.ts";

/** A vendor, and what its trail tells of some days: ordinary work with attacks among it. */
export interface Story {
  readonly vendor: Vendor;
  readonly events: readonly Event[];
}

const CUSTOMERS = [ACME, GLOBEX, ...crowd(28)];
const HOUR = 3_600;
const PROMISED = {
  callers: ["arn:aws:iam::999988887777:role/ecs-*"],
  regions: ["us-east-1"],
  sessionNames: promisedNames("scan-*"),
  cadence: { perTarget: 2, everyMs: 6 * HOUR * 1000 },
  sessionPolicy: "required",
  maxDurationSeconds: HOUR,
} as const;
const PROMISING = exampleVendor(PROMISED, CUSTOMERS);
const VENDORS: readonly Vendor[] = [
  PROMISING,
  PROMISING,
  PROMISING,
  exampleVendor({ ...PROMISED, cadence: { perTarget: 1, everyMs: 24 * HOUR * 1000 } }, CUSTOMERS),
  exampleVendor(PROMISED, CUSTOMERS, { registry: null }),
  exampleVendor({}, CUSTOMERS, { outboundRoles: new Map() }),
];

type Changes = NonNullable<Parameters<typeof exampleCall>[0]>;

/** Hands out moments and names, so that each event is a call of its own. */
interface Teller {
  readonly chance: Dice;
  /** Seconds after the story's first day began. */
  readonly start: number;
}

/** An ordinary crossing, with an id of its own and everything as promised but for the changes. */
function crossing({ chance, start }: Teller, changes: Changes = {}): Call {
  return exampleCall({ ...ordinary(chance, start), ...changes, asked: { sessionPolicy: true, ...changes.asked } });
}

function ordinary(chance: Dice, start: number): Changes {
  return {
    at: later(start + chance.below(600)),
    id: name(chance),
    target: chance.pick(CUSTOMERS),
    from: chance.pick([HOME, HOME, HOME_AFTER_FAILOVER]),
  };
}

function name(chance: Dice): string {
  return `call-${chance.below(2 ** 32).toString(36)}`;
}

function many(teller: Teller, most: number, make: (at: number) => Event): Event[] {
  return Array.from({ length: 1 + teller.chance.below(most) }, (_, at) => make(at));
}

const PERSON: Changes["caller"] = {
  arn: "arn:aws:sts::999988887777:assumed-role/AWSReservedSSO_Admin_0123/sam",
  principalId: "AROAEXAMPLEPERSON:sam",
  roleArn: "arn:aws:iam::999988887777:role/AWSReservedSSO_Admin_0123",
  human: [{ strength: "strong", marker: "IAM Identity Center permission set" }],
};
const PIPELINE: Changes["caller"] = {
  arn: "arn:aws:sts::999988887777:assumed-role/ci-deployer/build-7",
  principalId: "AROAEXAMPLECI:build-7",
  roleArn: "arn:aws:iam::999988887777:role/ci-deployer",
};

/** The customer's copy of a call, with an id of its own. */
function copyOf(call: Call, chance: Dice): Call {
  return { ...customersCopy(call), eventIds: [`copy-${name(chance)}`] };
}

/** Every kind of attack that a detector looks for, and the deliveries that are hardest to tell apart from it. */
const ATTACKS: Readonly<Record<string, (teller: Teller) => readonly Event[]>> = {
  person: (teller) =>
    many(teller, 60, () => exampleEntry({ ...ordinary(teller.chance, teller.start), caller: PERSON })),
  stranger: (teller) => many(teller, 12, () => crossing(teller, { from: teller.chance.pick([AWAY, AWAY_IPV6, ""]) })),
  twin: (teller) => {
    const credential = { digest: teller.chance.hex(16), last4: "TWIN" };
    return [HOME, HOME_IN_EUROPE, AWAY].map((from) => crossing(teller, { from, caller: { credential } }));
  },
  sweep: (teller) =>
    [0, 1, 2].flatMap((round) =>
      CUSTOMERS.slice(0, 8).map((target, at) =>
        crossing(teller, { target, at: later(teller.start + 300 * round + at) }),
      ),
    ),
  crowd: (teller) =>
    many(teller, 60, (at) => crossing(teller, { target: customer(`new-${at}`, String(300_000_000_000 + at)) })),
  burst: (teller) => many(teller, 24, (at) => crossing(teller, { target: GLOBEX, at: later(teller.start + 61 * at) })),
  /** Calls of one moment, to few roles: nothing but their hashes puts them in an order. */
  rush: (teller) =>
    many(teller, 24, (at) =>
      crossing(teller, { target: CUSTOMERS[at % 3]!, at: later(teller.start + teller.chance.below(3)) }),
    ),
  name: (teller) => many(teller, 8, (at) => crossing(teller, { asked: { sessionName: `botocore-session-${at}` } })),
  noId: (teller) => many(teller, 8, () => crossing(teller, { asked: { externalId: null } })),
  wrongId: (teller) =>
    many(teller, 8, () =>
      crossing(teller, { asked: { externalId: { digest: exampleDigest("old"), strength: "fair" } } }),
    ),
  unknown: (teller) =>
    many(teller, 8, (at) => crossing(teller, { target: `arn:aws:iam::111122223333:role/Other-${at}` })),
  probing: (teller) =>
    many(teller, 30, (at) =>
      deniedCall({
        ...ordinary(teller.chance, teller.start),
        target: `arn:aws:iam::${400_000_000_000 + at}:role/Vendor-7f3a`,
      }),
    ),
  pipeline: (teller) =>
    many(teller, 8, () => exampleEntry({ ...ordinary(teller.chance, teller.start), caller: PIPELINE })),
  region: (teller) => many(teller, 8, () => crossing(teller, { call: { region: "ap-south-1" } })),
  policy: (teller) => many(teller, 8, () => crossing(teller, { asked: { sessionPolicy: false } })),
  long: (teller) => many(teller, 8, () => crossing(teller, { asked: { durationSeconds: 43_200 } })),
  tampering: (teller) =>
    many(teller, 4, () => {
      const key = name(teller.chance);
      const { start } = teller;
      return exampleChange("cloudtrail.amazonaws.com", teller.chance.pick(["StopLogging", "PutEventSelectors"]), {
        ...{ key, eventIds: [key], timeMs: later(start + teller.chance.below(HOUR)) },
      });
    }),
  trust: (teller) =>
    many(teller, 4, () => {
      const { chance, start } = teller;
      const key = name(chance);
      return exampleTrust({
        condition: chance.pick([
          null,
          { StringLike: { "sts:ExternalId": "*" } },
          { Bool: { "aws:MultiFactorAuthPresent": "true" } },
        ]),
        account: chance.pick(CUSTOMERS).account,
        changes: { key, eventIds: [key], timeMs: later(start + chance.below(HOUR)) },
      });
    }),
  /** What no trail tells: it comes to the same alerts in any order, too. */
  desk: (teller) =>
    many(teller, 6, () => {
      const { chance, start } = teller;
      const { tenant, account, roleArn } = chance.pick(CUSTOMERS);
      const kind = chance.pick([
        "account-claimed-twice",
        "external-id-offered",
        "external-id-weak",
        "role-opened",
      ] as const);
      const facts = {
        wrongs: [chance.pick(["external ID: weak", "external ID: shared"])],
        claimedBy: [chance.pick(["globex", "initech"])],
      };
      return exampleIncident(kind, { tenant, account, roleArn, facts, seconds: start + chance.below(HOUR) });
    }),
  copies: (teller) =>
    many(teller, 8, () => crossing(teller, { from: teller.chance.pick([HOME, AWAY]) })).flatMap((event) => {
      const copy = copyOf(event as Call, teller.chance);
      return teller.chance.below(3) === 0 ? [copy] : [event, copy];
    }),
  /** What a crossing was answered with is used in the customer's account, by its owner and by others. */
  theft: (teller) => {
    const { chance } = teller;
    const crossed = crossing(teller);
    const uses = many(teller, 24, () =>
      exampleUse(crossed, {
        at: crossed.timeMs + (chance.below(4 * HOUR) - 600) * 1000,
        id: name(chance),
        from: chance.pick([HOME, HOME, HOME_AFTER_FAILOVER, HOME_IN_EUROPE, AWAY, AWAY_IPV6, "athena.amazonaws.com"]),
        ...chance.pick([{}, {}, {}, { endpoint: "vpce-0a1b2c3d" }, { endpoint: "vpce-0ffffffff" }]),
        caller: chance.pick([{}, {}, {}, { roleArn: GLOBEX.roleArn }, { sessionName: "another" }]),
      }),
    );
    const entered = exampleEntry({ ...ordinary(chance, teller.start), call: { issued: crossed.caller.credential } });
    return [crossed, ...chance.pick([[copyOf(crossed, chance)], []]), ...uses, ...chance.pick([[entered], []])];
  },
};
const KINDS = Object.keys(ATTACKS);

/** The attacks by name, and from 40 to 400 events, few more often than many: what is wrong with few is soonest found. */
export function storyOf(seed: number): Story {
  const chance = dice(seed, "a story");
  const size = Math.round(40 * 10 ** ((chance.below(1001) / 1000) ** 2));
  const start = () => chance.below(40) * HOUR + chance.below(HOUR);
  const events: Event[] = [];
  const attacks = 2 + chance.below(6);
  for (let at = 0; at < attacks; at++) events.push(...ATTACKS[chance.pick(KINDS)]!({ chance, start: start() }));
  while (events.length < size) events.push(crossing({ chance, start: start() }));
  return { vendor: chance.pick(VENDORS), events: events.slice(0, 400) };
}
