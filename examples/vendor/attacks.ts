import { cross, entryAt, type Story } from "./crossing.ts";
import { dice } from "../../src/simulate/dice.ts";
import { DAY_MS, ELSEWHERE, HOMES, HOUR_MS, OFFICE, VENDOR_ACCOUNT } from "./estate.ts";
import { assumeRole, type TrailRecord } from "../../src/simulate/record.ts";

/** An alert about the sample. */
export interface Expected {
  /** Id of the detector. */
  readonly detector: string;
  /** As the alert has it: the one customer concerned; null for none, or for several in one alert. */
  readonly tenant: string | null;
}

/** An anomaly in the trail, and its label. */
export interface Attack {
  readonly name: string;
  readonly records: readonly TrailRecord[];
  /** What the anomaly is there for: missing one of these is a miss. */
  readonly expected: readonly Expected[];
  /** What is as true of it without being its point: an alert that is neither is a false alarm. */
  readonly consequences: readonly Expected[];
}

/**
 * The five anomalies that a vendor must watch its integration role for. Each enters a customer once too often, on the first day
 * and more than a day before the sweep: too little for a sweep or a burst of its own.
 * @see https://securitylabs.datadoghq.com/articles/securely-integrating-with-customers-aws-accounts/
 */
export function attacks(story: Story): readonly Attack[] {
  return [personAtWork(story), stolenSession(story), twinSession(story), unusualName(story), sweep(story)];
}

const [US, EU] = HOMES;
const LAPTOP =
  "aws-cli/2.31.30 md/awscrt#0.28.4 ua/2.1 os/macos#25.1.0 md/arch#arm64 lang/python#3.13.9 md/pyimpl#CPython cfg/retry-mode#standard md/installer#exe md/prompt#off md/command#sts.assume-role";

/** From the office, whose address is the vendor's own: only who called is wrong. */
function personAtWork(story: Story): Attack {
  const [scanner] = story.estate.workloads;
  const customer = customerNumber(story, 1);
  const chance = dice(story.seed, "a person at work");
  const timeMs = at(story, 9, 12);
  const { record, issued } = assumeRole(
    {
      timeMs,
      caller: {
        role: {
          arn: `arn:aws:iam::${VENDOR_ACCOUNT}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_PlatformAdmin_${chance.hex(16)}`,
          id: chance.awsId("AROA", 17),
        },
        sessionName: "alex@vendor.example",
        accessKeyId: chance.awsId("ASIA", 16),
        createdMs: timeMs - HOUR_MS / 4,
      },
      role: scanner.outbound,
      sessionName: "alex@vendor.example",
      externalId: null,
      region: US.region,
      address: OFFICE.address,
      userAgent: LAPTOP,
    },
    chance,
  );
  const inside = cross(story, {
    timeMs: timeMs + 90_000,
    workload: scanner,
    customer,
    home: US,
    session: issued,
    address: OFFICE.address,
    userAgent: LAPTOP,
  });
  return {
    name: "a person at work",
    records: [record, ...inside],
    expected: [{ detector: "human-operator", tenant: null }],
    consequences: [
      { detector: "human-operator", tenant: customer.tenant },
      { detector: "unexpected-caller", tenant: null },
    ],
  };
}

/** Two sessions that leave before their workers use them: one surfaces on IPv4, one on IPv6. One role, one day, one alert. */
function stolenSession(story: Story): Attack {
  const [scanner] = story.estate.workloads;
  const thefts = [
    { customer: customerNumber(story, 2), timeMs: at(story, 12, 40), address: ELSEWHERE.thief, worker: 2 },
    { customer: customerNumber(story, 4), timeMs: at(story, 13, 5), address: ELSEWHERE.thiefIpv6, worker: 3 },
  ].map(({ worker, ...theft }) => ({ ...theft, entry: entryAt(story, scanner, EU, theft.timeMs, worker) }));
  return {
    name: "a stolen session",
    records: thefts.flatMap(({ entry, ...theft }) => [
      entry.record,
      ...cross(story, { ...theft, workload: scanner, home: EU, session: entry.session }),
    ]),
    expected: [{ detector: "source-outside-ranges", tenant: null }],
    consequences: [{ detector: "issued-credentials-elsewhere", tenant: null }],
  };
}

/** The poller's own session, at work from its NAT gateway all that hour, called from a second place as well. */
function twinSession(story: Story): Attack {
  const [, poller] = story.estate.workloads;
  const customer = customerNumber(story, 6);
  const timeMs = at(story, 11, 20);
  const { session } = entryAt(story, poller, customer.home, timeMs);
  return {
    name: "one session in two places",
    records: cross(story, {
      timeMs,
      workload: poller,
      customer,
      home: customer.home,
      session,
      address: ELSEWHERE.twin,
    }),
    expected: [{ detector: "session-in-two-places", tenant: null }],
    consequences: [
      { detector: "source-outside-ranges", tenant: customer.tenant },
      { detector: "issued-credentials-elsewhere", tenant: null },
    ],
  };
}

/** From the right place, by the right role: a script that left the name to its SDK. */
function unusualName(story: Story): Attack {
  const [scanner] = story.estate.workloads;
  const customer = customerNumber(story, 7);
  const timeMs = at(story, 10, 20);
  const { session } = entryAt(story, scanner, customer.home, timeMs);
  const sessionName = "botocore-session-1700000000";
  return {
    name: "an unusual session name",
    records: cross(story, { timeMs, workload: scanner, customer, home: customer.home, session, sessionName }),
    expected: [{ detector: "unusual-session-name", tenant: customer.tenant }],
    consequences: [],
  };
}

/** All customers within ten minutes of the last day, from inside and under the usual names: only the number is wrong. */
function sweep(story: Story): Attack {
  const [scanner] = story.estate.workloads;
  const { customers } = story.estate;
  const startMs = at(story, 15, 1) + (story.days - 1) * DAY_MS;
  const { session } = entryAt(story, scanner, US, startMs);
  return {
    name: "a sweep over all customers",
    records: customers.flatMap((customer, index) =>
      cross(story, {
        timeMs: startMs + Math.floor((index / customers.length) * 9 * 60_000),
        workload: scanner,
        customer,
        home: US,
        session,
      }),
    ),
    expected: [{ detector: "tenant-sweep", tenant: null }],
    consequences: [{ detector: "call-burst", tenant: null }],
  };
}

function customerNumber({ estate }: Story, number: number): Story["estate"]["customers"][number] {
  return estate.customers[number]!;
}

function at({ startMs }: Story, hour: number, minute: number): number {
  return startMs + hour * HOUR_MS + minute * 60_000;
}
