import type { Asked, Call, Caller, ControlEvent, Credential, Use } from "../trail/call.ts";
import { hash32 } from "../memory/pairs.ts";
import { buildTable, readCidr, type Range } from "../ranges/cidr.ts";
import { buildRegistry } from "../tenants/registry.ts";
import type { CustomerRole } from "../tenants/tenant.ts";
import { sessionNameContract } from "../outbound/session-name.ts";
import type { OutboundRole, Vendor } from "../outbound/vendor.ts";

/**
 * The cast of the detectors' examples: a vendor with one outbound role and two customers, on an ordinary morning.
 * Accounts and addresses are AWS's and the RFCs' documentation ones.
 */
const VENDOR_ACCOUNT = "999988887777";
export const SCANNER_ARN = `arn:aws:iam::${VENDOR_ACCOUNT}:role/integration-scanner`;
const RUNNER_ARN = `arn:aws:iam::${VENDOR_ACCOUNT}:role/ecs-scanner`;
const MORNING_MS = Date.UTC(2026, 10, 20, 10);

export const HOME = "198.51.100.7";
export const HOME_AFTER_FAILOVER = "198.51.100.200";
export const HOME_IN_EUROPE = "192.0.2.7";
export const AWAY = "203.0.113.9";
export const AWAY_IPV6 = "2001:db8:bad::9";

/** Seconds after ten in the morning of the examples' day. */
export function later(seconds: number): number {
  return MORNING_MS + seconds * 1000;
}

/** A digest as the registry holds it, for an external ID that nobody needs to know. */
export function exampleDigest(of: string): string {
  return `hmac-sha256:${Buffer.from(of).toString("hex").padEnd(64, "0").slice(0, 64)}`;
}

export const ACME = customer("acme", "111122223333");
export const GLOBEX = customer("globex", "444455556666");

export function customer(tenant: string, account: string, changes: Partial<CustomerRole> = {}): CustomerRole {
  return {
    tenant,
    account,
    roleArn: `arn:aws:iam::${account}:role/Vendor-7f3a`,
    externalId: exampleDigest(tenant),
    previousExternalId: null,
    previousUntilMs: null,
    region: null,
    status: "active",
    sinceMs: Date.UTC(2026, 0, 1),
    untilMs: null,
    feedTopicArn: null,
    forwardsTrail: false,
    ...changes,
  };
}

/** `count` further customers, for what only shows in numbers. */
export function crowd(count: number): readonly CustomerRole[] {
  return Array.from({ length: count }, (_, index) => customer(`tenant-${index}`, String(200_000_000_000 + index)));
}

export function exampleVendor(
  promised: Partial<OutboundRole> = {},
  customers: readonly CustomerRole[] = [ACME, GLOBEX],
  changes: Partial<Vendor> = {},
): Vendor {
  const role: OutboundRole = {
    arn: SCANNER_ARN,
    workload: "scanner",
    callers: [RUNNER_ARN],
    regions: null,
    sessionNames: null,
    cadence: null,
    learnSinceMs: null,
    sessionPolicy: "optional",
    maxDurationSeconds: null,
    ...promised,
  };
  const { registry, problems } = buildRegistry(customers);
  if (registry === undefined)
    throw new TypeError(`an example's customers contradict each other: ${problems.join("; ")}`);
  return {
    accounts: new Set([VENDOR_ACCOUNT]),
    outboundRoles: new Map([[SCANNER_ARN, role]]),
    whereabouts: {
      pools: [
        {
          name: "published",
          table: buildTable([range("198.51.100.0/24", "us-east-1"), range("192.0.2.0/24", "eu-west-1")]),
        },
      ],
      endpoints: new Map([["vpce-0a1b2c3d", "private"]]),
      aws: null,
    },
    registry,
    digestsComparable: true,
    trailResources: [],
    falseAlarmsPerMonth: 1,
    versions: { config: "example", ranges: "example" },
    ...changes,
  };
}

/** Session names by contract, as a configuration would give them. */
export function promisedNames(...templates: string[]): OutboundRole["sessionNames"] {
  const { contract } = sessionNameContract(templates);
  if (contract === undefined) throw new TypeError("an example's session-name templates are malformed");
  return contract;
}

/**
 * The calls of so many earlier days, the first one's number 0; each told as if it were the examples' own day. The last is
 * two days before it, and sealed by then.
 */
export function onDays(days: number, callsOf: (day: number) => readonly Call[]): readonly Call[] {
  return Array.from({ length: days }, (_, day) => {
    const earlierMs = (days + 1 - day) * 86_400_000;
    return callsOf(day).map((call) => ({ ...call, key: `${call.key}-day-${day}`, timeMs: call.timeMs - earlierMs }));
  }).flat();
}

interface CallChanges {
  readonly at?: number;
  readonly from?: string;
  readonly endpoint?: string;
  readonly target?: CustomerRole | string | null;
  readonly id?: string;
  readonly caller?: Partial<Caller>;
  readonly asked?: Partial<Asked> | null;
  readonly call?: Partial<Call>;
}

/** A crossing as the vendor makes it all day: the scanner's session assumes acme's role from home. */
export function exampleCall({ at = MORNING_MS, target = ACME, ...changes }: CallChanges = {}): Call {
  const roleArn = typeof target === "object" && target !== null ? target.roleArn : target;
  const externalId = typeof target === "object" ? target?.externalId : exampleDigest(target);
  const key = changes.id ?? `call-${at}-${roleArn ?? ""}-${changes.from ?? ""}`;
  return {
    key,
    eventIds: [key],
    timeMs: at,
    operation: "AssumeRole",
    outcome: "allowed",
    errorCode: null,
    caller: { ...scannerSession(), ...changes.caller },
    target: { roleArn, account: roleArn?.split(":")[4] ?? null },
    asked:
      changes.asked === null
        ? null
        : {
            sessionName: "scan-7f3a",
            externalId: externalId ? { digest: externalId, strength: "strong" } : null,
            durationSeconds: null,
            sessionPolicy: false,
            sourceIdentity: null,
            mfaSerial: false,
            ...changes.asked,
          },
    issued: issuedBy(key),
    source: { address: changes.from ?? HOME, vpcEndpointId: changes.endpoint ?? null },
    userAgent: "Boto3/1.35.0 md/Botocore#1.35.0 os/linux",
    region: "us-east-1",
    globalEndpoint: false,
    recipient: VENDOR_ACCOUNT,
    partial: false,
    ...changes.call,
  };
}

/** What a call was answered with: no two calls get the same credentials. */
function issuedBy(key: string): Credential {
  return { digest: hash32(key).toString(16).padStart(16, "0"), last4: "WXYZ" };
}

/** A denied crossing: CloudTrail keeps the role and the reason, and no parameters. */
export function deniedCall(changes: CallChanges = {}): Call {
  return exampleCall({ ...changes, asked: null, call: { outcome: "denied", errorCode: "AccessDenied", issued: null } });
}

/** An entry as the vendor makes it all day: the workload's own role assumes the outbound role. */
export function exampleEntry(changes: CallChanges = {}): Call {
  const runner: Partial<Caller> = {
    arn: `arn:aws:sts::${VENDOR_ACCOUNT}:assumed-role/ecs-scanner/task-1`,
    principalId: "AROAEXAMPLERUNNER:task-1",
    roleArn: RUNNER_ARN,
    sessionName: "task-1",
    credential: { digest: "fedcba9876543210", last4: "TASK" },
  };
  return exampleCall({
    ...changes,
    target: SCANNER_ARN,
    caller: { ...runner, ...changes.caller },
    asked: changes.asked === null ? null : { externalId: null, ...changes.asked },
  });
}

/** The same crossing in the customer's own trail, which does not say who called. */
export function customersCopy(call: Call): Call {
  const unnamed = { arn: null, roleArn: null, sessionName: null, credential: null, human: [] };
  return {
    ...call,
    eventIds: [`copy-${call.key}`],
    caller: { ...call.caller, ...unnamed, kind: "AWSAccount" },
    recipient: call.target.account,
    partial: true,
  };
}

interface UseChanges extends Pick<CallChanges, "at" | "from" | "endpoint" | "id" | "caller"> {
  readonly use?: Partial<Use>;
}

/** What was done with the credentials that a call issued, a minute later and from home; in the customer's trail. */
export function exampleUse(entered: Call, changes: UseChanges = {}): Use {
  const { roleArn, account } = entered.target;
  const sessionName = entered.asked?.sessionName ?? null;
  const at = changes.at ?? entered.timeMs + 60_000;
  const key = changes.id ?? `use-${at}-${roleArn ?? ""}-${changes.from ?? ""}`;
  const session = `${roleArn?.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/") ?? ""}/${sessionName ?? ""}`;
  return {
    key,
    eventIds: [key],
    timeMs: at,
    service: "s3.amazonaws.com",
    operation: "ListBuckets",
    outcome: "allowed",
    errorCode: null,
    caller: {
      ...scannerSession(),
      ...{ arn: session, principalId: `AROAEXAMPLEENTERED:${sessionName ?? ""}`, account, roleArn, sessionName },
      credential: entered.issued,
      ...changes.caller,
    },
    source: { address: changes.from ?? HOME, vpcEndpointId: changes.endpoint ?? null },
    userAgent: "Boto3/1.35.0 md/Botocore#1.35.0 os/linux",
    region: "us-east-1",
    recipient: account,
    ...changes.use,
  };
}

function scannerSession(): Caller {
  return {
    kind: "AssumedRole",
    arn: `arn:aws:sts::${VENDOR_ACCOUNT}:assumed-role/integration-scanner/scanner-1`,
    principalId: "AROAEXAMPLESCANNER:scanner-1",
    account: VENDOR_ACCOUNT,
    roleArn: SCANNER_ARN,
    sessionName: "scanner-1",
    userName: null,
    credential: { digest: "00112233445566aa", last4: "SCAN" },
    invokedBy: null,
    human: [],
    sessionStartMs: MORNING_MS - 600_000,
    machine: false,
    sourceIdentity: null,
  };
}

/** A change to the trail, made by one of the vendor's administrators. */
export function exampleChange(service: string, operation: string, changes: Partial<ControlEvent> = {}): ControlEvent {
  return {
    key: `change-${operation}`,
    eventIds: [`change-${operation}`],
    timeMs: MORNING_MS,
    service,
    operation,
    outcome: "allowed",
    errorCode: null,
    caller: {
      ...scannerSession(),
      arn: `arn:aws:sts::${VENDOR_ACCOUNT}:assumed-role/administrator/ops`,
      principalId: "AROAEXAMPLEADMIN:ops",
      roleArn: `arn:aws:iam::${VENDOR_ACCOUNT}:role/administrator`,
      sessionName: "ops",
    },
    resource: "organisation-trail",
    trust: null,
    source: { address: HOME, vpcEndpointId: null },
    userAgent: null,
    region: "us-east-1",
    recipient: VENDOR_ACCOUNT,
    ...changes,
  };
}

function range(cidr: string, region: string): Range {
  const read = readCidr(cidr);
  if (read.cidr === undefined) throw new TypeError(`an example's range is none: ${read.reason}`);
  return { cidr: read.cidr, region, service: null };
}
