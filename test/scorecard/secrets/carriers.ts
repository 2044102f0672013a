import { dice, type Dice } from "../../../src/simulate/dice.ts";
import { estateOf, type Estate } from "../../../src/simulate/estate.ts";
import { isoTime, type TrailRecord } from "../../../src/simulate/record.ts";
import { endOf, recordsOf, START_MS } from "../tenancy/simulated.ts";
import type { Canaries } from "./canaries.ts";

/** An estate whose every secret is a canary, and what its trail brings in. */
export interface Carriers {
  readonly estate: Estate;
  readonly records: readonly TrailRecord[];
  /** Bodies of messages that cannot be read, or not all, with canaries where none should be. */
  readonly malformed: readonly string[];
  /** External IDs that were put in somewhere. */
  readonly used: number;
}

const ACCOUNTS = 24;

export function carriersOf(seed: number, canaries: Canaries, days: number): Carriers {
  const { externalIds, sessionTokens, accessKeyIds } = canaries;
  const used = new Set<string>();
  const turns = { id: 0, token: 0, key: 0 };
  const next = (from: readonly string[], turn: keyof typeof turns): string => from[turns[turn]++ % from.length] ?? "";
  const nextId = (): string => {
    const id = next(externalIds, "id");
    used.add(id);
    return id;
  };

  const plain = estateOf({ seed, accounts: ACCOUNTS, days, startMs: START_MS });
  const customers = plain.customers.map((customer) => {
    const { former } = customer;
    const forwardsTrail = customer.index % 4 === 0;
    return { ...customer, forwardsTrail, externalId: nextId(), former: former && { ...former, externalId: nextId() } };
  });
  const estate = { ...plain, customers };
  const own = new Set(customers.map(({ externalId }) => externalId));
  const keys = new Map<string, string>();
  const keyFor = (key: string): string => {
    const known = keys.get(key) ?? next(accessKeyIds, "key");
    keys.set(key, known);
    return known;
  };
  let [calls, nth] = [0, 0];
  const records = [...recordsOf(estate, ACCOUNTS)].map((record) => {
    // Every other call brings an ID that is not the customer's: what is wrong is told, and what is told may leak.
    const wrong = (id: string): string => (own.has(id) && calls++ % 2 === 0 ? id : nextId());
    const text = JSON.stringify(record, (field, value: unknown) => {
      if (typeof value !== "string") return value;
      if (field === "externalId") return wrong(value);
      return field === "sessionToken" ? next(sessionTokens, "token") : value;
    });
    return JSON.parse(text.replace(/ASIA[A-Z2-7]{16}/g, keyFor)) as TrailRecord;
  });
  const chance = dice(seed, "carriers");
  while (used.size < externalIds.length || nth < ACCOUNTS)
    records.push(trustOf(estate, nth++, [nextId(), nextId()], chance));
  const sorted = records.sort((a, b) => (a.eventTime < b.eventTime ? -1 : a.eventTime > b.eventTime ? 1 : 0));
  return { estate, records: sorted, malformed: malformedOf(records, nextId), used: used.size };
}

/**
 * A customer writes its role's trust policy, with external IDs in it: enforced, or in a way that enforces nothing.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAssumeRolePolicy.html
 */
function trustOf(
  { customers, workloads, ...estate }: Estate,
  nth: number,
  ids: readonly string[],
  chance: Dice,
): TrailRecord {
  const customer = customers[nth % customers.length];
  const outbound = workloads[nth % workloads.length]?.outbound;
  if (customer === undefined || outbound === undefined) throw new RangeError("the estate is empty");
  const { account, role } = customer;
  const condition = [{ StringEquals: { "sts:ExternalId": ids } }, { StringLikeIfExists: { "STS:externalid": ids } }];
  const statement = { Effect: "Allow", Principal: { AWS: outbound.arn }, Action: "sts:AssumeRole", Sid: "vendor" };
  const document = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ ...statement, Condition: condition[nth % condition.length] }],
  });
  const roleName = role.arn.slice(role.arn.lastIndexOf("/") + 1);
  const creates = nth % 3 === 0;
  const administrator = `arn:${estate.partition}:sts::${account}:assumed-role/administrator/ops`;
  return {
    eventVersion: "1.11",
    userIdentity: { type: "AssumedRole", principalId: "AROAEXAMPLE:ops", arn: administrator, accountId: account },
    eventTime: isoTime(endOf(estate) - (1 + chance.below(3600)) * 1000),
    eventSource: "iam.amazonaws.com",
    eventName: creates ? "CreateRole" : "UpdateAssumeRolePolicy",
    awsRegion: "us-east-1",
    sourceIPAddress: "203.0.113.77",
    userAgent: "aws-cli/2.31.30",
    requestParameters: { roleName, [creates ? "assumeRolePolicyDocument" : "policyDocument"]: document },
    responseElements: creates
      ? { role: { arn: role.arn, roleName, assumeRolePolicyDocument: encodeURIComponent(document) } }
      : null,
    requestID: chance.uuid(),
    eventID: chance.uuid(),
    readOnly: false,
    eventType: "AwsApiCall",
    managementEvent: true,
    recipientAccountId: account,
    eventCategory: "Management",
  };
}

/** Each with the ID where a program that trusts its input would quote it. */
function malformedOf(records: readonly TrailRecord[], nextId: () => string): readonly string[] {
  const call = records.find(
    ({ eventName, requestParameters }) => eventName === "AssumeRole" && requestParameters !== null,
  );
  if (call === undefined) throw new RangeError("nobody assumes a role");
  const asking = (parameters: object): object => ({ ...(call.requestParameters as object), ...parameters });
  const changes: ((id: string) => Record<string, unknown>)[] = [
    (id) => ({ requestParameters: asking({ externalId: [id] }) }),
    (id) => ({ requestParameters: asking({ externalId: { id } }) }),
    (id) => ({ requestParameters: asking({ [`externalId${id}`]: 1, ExternalId: id }) }),
    (id) => ({ requestParameters: id }),
    (id) => ({ requestParameters: [asking({ externalId: id })] }),
    (id) => ({ requestParameters: asking({ externalId: id, durationSeconds: id, policyArns: id }) }),
    (id) => ({ requestParameters: asking({ externalId: id }), eventTime: id }),
    (id) => ({ requestParameters: asking({ externalId: id }), eventTime: null }),
    (id) => ({ requestParameters: asking({ externalId: `${id}\u0000${"x".repeat(2000)}` }) }),
    (id) => ({ requestParameters: asking({ externalId: id }), eventVersion: id, userIdentity: null }),
    (id) => ({ requestParameters: asking({ externalId: id }), responseElements: { credentials: id } }),
    (id) => ({ requestParameters: JSON.stringify(asking({ externalId: id })) }),
  ];
  const odd = changes.map((change) => JSON.stringify({ ...call, ...change(nextId()) }));
  const whole = JSON.stringify({ Records: [{ ...call, requestParameters: asking({ externalId: nextId() }) }] });
  return [
    ...odd,
    ...[1, 2, 3].map((part) => whole.slice(0, Math.floor((whole.length * part) / 4))),
    whole.replace('"externalId":"', '"externalId":'),
    `${nextId()} is no message`,
    JSON.stringify({ detail: nextId(), "detail-type": nextId(), source: "aws.sts" }),
    JSON.stringify({ Type: "Notification", Message: nextId(), TopicArn: "arn:aws:sns:us-east-1:111122223333:trail" }),
  ];
}
