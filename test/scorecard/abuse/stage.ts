import { cross, entryAt, type Story } from "../../../examples/vendor/crossing.ts";
import { dice } from "../../../src/simulate/dice.ts";
import {
  DAY_MS,
  ELSEWHERE,
  estateOf,
  HOMES,
  HOUR_MS,
  VENDOR_ACCOUNT,
  type Customer,
  type Role,
} from "../../../examples/vendor/estate.ts";
import {
  assumeRole,
  deniedAssumeRole,
  identityOf,
  isoTime,
  type Session,
  type TrailRecord,
} from "../../../src/simulate/record.ts";
import type { Suppression } from "../../../src/alerts/suppress.ts";

/** Midnight UTC of the abuses' first day. */
export const MIDNIGHT_MS = Date.UTC(2026, 10, 19);
export const STORY: Story = { seed: 36, estate: estateOf(36, 12), startMs: MIDNIGHT_MS, days: 3 };
export const [SCANNER, POLLER] = STORY.estate.workloads;
const WEBHOOKS: Role = { arn: `arn:aws:iam::${VENDOR_ACCOUNT}:role/webhooks`, id: "AROAEXAMPLEWEBHOOKS01" };
/** An account that is no customer's, of those that AWS's documentation uses for examples. */
export const STRANGER: Role = { arn: "arn:aws:iam::123456789012:role/Vendor", id: "AROAEXAMPLESTRANGER01" };

/** The customer of this number; 0 is the one that the suppressions name. */
export function customer(number: number): Customer {
  return STORY.estate.customers[number]!;
}

/** What an abuse does, where it is not the scanner's call from somebody's server, at noon, into customer 0's account. */
export interface Step {
  readonly minute?: number;
  readonly into?: number;
  readonly workload?: typeof SCANNER;
  /** Several workers of one workload have each a session of their own. */
  readonly worker?: number;
  readonly address?: string;
  readonly sessionName?: string;
  readonly userAgent?: string;
  readonly denied?: boolean;
}

function momentOf({ minute = 0 }: Step): number {
  return MIDNIGHT_MS + 12 * HOUR_MS + minute * 60_000;
}

/** A call of the outbound role; `home`: from the vendor's own addresses. */
export function call({ home = false, ...step }: Step & { readonly home?: boolean } = {}): TrailRecord {
  const { into = 0, workload = SCANNER, worker = 1 } = step;
  const to = customer(into);
  const timeMs = momentOf(step);
  const { session } = entryAt(STORY, workload, to.home, timeMs, worker);
  const from = home ? {} : { address: ELSEWHERE.thief };
  const [record] = cross(STORY, { ...from, ...step, timeMs, workload, customer: to, home: to.home, session });
  return record!;
}

/** A call of the outbound role to any role, as `call` makes it. */
export function callTo(role: Role, step: Step = {}, changes: Readonly<Record<string, unknown>> = {}): TrailRecord {
  const timeMs = momentOf(step);
  const { session } = entryAt(STORY, SCANNER, HOMES[0], timeMs);
  return madeBy(session, role, timeMs, step, changes);
}

/** A call of a role that has no business with customers. */
export function webhooksCall(step: Step = {}): TrailRecord {
  const timeMs = momentOf(step);
  const session = { role: WEBHOOKS, sessionName: "hook", accessKeyId: "ASIAEXAMPLEHOOK00001", createdMs: timeMs };
  return madeBy(session, customer(step.into ?? 0).role, timeMs, { ...step, address: HOMES[0].natAddresses[0] }, {});
}

/** A person, signed in through IAM Identity Center, takes the outbound role. */
export function personEnters(step: Step = {}): TrailRecord {
  const timeMs = momentOf(step);
  const role = {
    arn: `arn:aws:iam::${VENDOR_ACCOUNT}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_PlatformAdmin_36`,
    id: "AROAEXAMPLEPERSON0001",
  };
  const session = { role, sessionName: "alex@vendor.example", accessKeyId: "ASIAEXAMPLEPERSON001", createdMs: timeMs };
  return madeBy(session, SCANNER.outbound, timeMs, { ...step, address: HOMES[0].natAddresses[0] }, {});
}

/** The same person, in the session that this issued, goes on into customer 0's account. */
export function personCrosses(step: Step = {}): TrailRecord {
  const timeMs = momentOf(step);
  const { outbound: role } = SCANNER;
  const session = { role, sessionName: "alex@vendor.example", accessKeyId: "ASIAEXAMPLEPERSON002", createdMs: timeMs };
  const userAgent = "aws-cli/2.31.30 os/macos#25.1.0 lang/python#3.13.9";
  return madeBy(session, customer(0).role, timeMs, { address: HOMES[0].natAddresses[0], userAgent }, {});
}

function madeBy(
  caller: Session,
  role: Role,
  timeMs: number,
  { address = ELSEWHERE.thief, sessionName = "scan-36", userAgent = "Boto3/1.42.3", denied = false }: Step,
  asked: Readonly<Record<string, unknown>>,
): TrailRecord {
  const chance = dice(timeMs, `${caller.role.id} ${role.arn} ${address} ${sessionName} ${denied}`);
  const externalId = STORY.estate.customers.find((one) => one.role === role)?.externalId ?? "example-external-id-36";
  const made = { timeMs, caller, role, sessionName, externalId, region: HOMES[0].region, address, userAgent };
  if (denied) return deniedAssumeRole(made, chance);
  const { record } = assumeRole(made, chance);
  return { ...record, requestParameters: { ...(record.requestParameters as object), ...asked } };
}

/** Somebody stops the trail. */
export function trailStopped(timeMs: number): TrailRecord {
  const role = { arn: `arn:aws:iam::${VENDOR_ACCOUNT}:role/administrator`, id: "AROAEXAMPLEADMIN0001" };
  return {
    eventVersion: "1.11",
    userIdentity: identityOf({ role, sessionName: "ops", accessKeyId: "ASIAEXAMPLEADMIN0001", createdMs: timeMs }),
    eventTime: isoTime(timeMs),
    eventSource: "cloudtrail.amazonaws.com",
    eventName: "StopLogging",
    awsRegion: "us-east-1",
    sourceIPAddress: "198.51.100.130",
    userAgent: "aws-cli/2.31.30",
    requestParameters: { name: "organisation-trail" },
    responseElements: null,
    eventID: dice(timeMs, "trail stopped").uuid(),
    readOnly: false,
    eventType: "AwsApiCall",
    managementEvent: true,
    recipientAccountId: VENDOR_ACCOUNT,
    eventCategory: "Management",
  };
}

/** A known cause, for the scanner's calls to customer 0, for the abuses' days. */
export function suppression(changes: Partial<Suppression> = {}): Suppression {
  return {
    detector: "source-outside-ranges",
    where: { workload: SCANNER.name, tenant: customer(0).tenant },
    ...{ reason: "CHG-36", owner: "soc", untilMs: MIDNIGHT_MS + 3 * DAY_MS },
    ...changes,
  };
}

/** A script of somebody who wants an alert to be taken for one that is known, or for one that is hidden. */
export interface Abuse {
  readonly name: string;
  /** None where the abuse is of one alert for all its calls. */
  readonly suppressions?: readonly Suppression[];
  /** What comes first. `cover`: what becomes of it, or the script proves nothing. */
  readonly first: readonly TrailRecord[];
  readonly cover: "told" | "hidden" | "quiet";
  /** What comes then, and is to be told by an alert of this detector that names the last of it. */
  readonly then: readonly TrailRecord[];
  readonly detector: string;
  /** Suppressions from then on, where the configuration has changed. */
  readonly thenSuppressions?: readonly Suppression[];
  /** By how many minutes the clock of whoever reads differs from the events'. */
  readonly clockMinutes?: number;
}
