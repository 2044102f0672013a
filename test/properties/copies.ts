import { dice, type Dice } from "../../src/simulate/dice.ts";
import { ACME, GLOBEX } from "../../src/detectors/example.ts";
import { joinCalls } from "../../src/memory/call-join.ts";
import type { Call } from "../../src/trail/call.ts";
import { callIn, EXTERNAL_ID, RECORD } from "../trail/sample-record.ts";
import { difference, lived } from "./court.ts";
import type { Property, Run } from "./property.ts";
import { RECORDS_VENDOR } from "./records-vendor.ts";
import { orders, splits } from "./shuffle.ts";

type Raw = Readonly<Record<string, unknown>>;

const USER = {
  type: "IAMUser",
  principalId: "AIDAEXAMPLEUSER",
  arn: "arn:aws:iam::999988887777:user/sam",
  accountId: "999988887777",
  accessKeyId: "AKIAEXAMPLEUSER00001",
  userName: "sam",
};

/** One call as the caller's account has it, and what may be amiss with it. */
function callersCopy(chance: Dice): Raw {
  const { userIdentity, requestParameters } = RECORD;
  const roleArn = chance.pick([ACME, GLOBEX, { roleArn: "arn:aws:iam::111122223333:role/Unregistered" }]).roleArn;
  const asked = {
    ...requestParameters,
    roleArn,
    externalId: chance.pick([EXTERNAL_ID, EXTERNAL_ID, "another-external-id", undefined]),
    roleSessionName: chance.pick(["scan-acme", "botocore-session-1700000000", "sam@vendor.example"]),
    durationSeconds: chance.pick([3_600, 43_200]),
    policy: chance.pick([requestParameters.policy, undefined]),
    policyArns: undefined,
  };
  const denied = chance.below(5) === 0;
  return {
    ...RECORD,
    userIdentity: chance.below(4) === 0 ? USER : userIdentity,
    sourceIPAddress: chance.pick(["198.51.100.7", "203.0.113.9"]),
    requestParameters: denied ? null : asked,
    ...(denied ? { responseElements: null, errorCode: "AccessDenied" } : {}),
    resources: [{ accountId: roleArn.split(":")[4], type: "AWS::IAM::Role", ARN: roleArn }],
    additionalEventData: {
      RequestDetails: { endpointType: "regional", awsServingRegion: chance.pick(["eu-west-1", "ap-south-1"]) },
    },
  };
}

/** In the customer's trail: an account and a principal instead of the caller. */
function customersCopy(whole: Raw): Raw {
  const { principalId, accountId } = whole.userIdentity as typeof USER;
  return {
    ...whole,
    eventID: "e-customer",
    userIdentity: { type: "AWSAccount", principalId, accountId },
    recipientAccountId: "111122223333",
  };
}

/** Delivered again with what was missing: `addendum` names the record that it brings up to date. */
function updatedCopy(whole: Raw): Raw {
  const addendum = { reason: "UPDATED_DATA", updatedFields: "requestParameters", originalEventID: whole.eventID };
  return { ...whole, eventID: "e-updated", addendum };
}

/** Larger than CloudTrail's limit of 256 KB, and cut. */
function cutCopy(whole: Raw): Raw {
  return {
    ...whole,
    eventID: "e-cut",
    requestParameters: { omitted: true, originalSize: 300_000, reason: "event size limit" },
    responseElements: { omitted: true },
  };
}

const ANYBODY = new Set<string>(["AWSAccount", "Unknown"]);

/**
 * Up to four copies of one call give the same alerts in every order of arrival and in every division into batches, and
 * once a copy that names the caller is there, neither the call nor an alert about it is without that name.
 */
export const copiesJoin: Property = async (seed): Promise<Run> => {
  const chance = dice(seed, "copies");
  const whole = callersCopy(chance);
  const all = [whole, customersCopy(whole), updatedCopy(whole), cutCopy(whole)].map((raw) => callIn(raw));
  const copies = all.filter(() => chance.below(4) > 0);
  if (copies.length === 0) copies.push(all[0]!);
  const named = copies.some(({ caller }) => !ANYBODY.has(caller.kind));
  const joined = encoded(copies.reduce(joinCalls));
  const expected = await lived(RECORDS_VENDOR, [copies]);
  for (const order of orders(copies)) {
    const call = order.reduce(joinCalls);
    if (encoded(call) !== joined) return wrong(order, "the copies join to another call");
    if (named && ANYBODY.has(call.caller.kind)) return wrong(order, "the caller's name is lost");
    for (const batches of splits(order)) {
      const told = await lived(RECORDS_VENDOR, batches);
      const broken = difference(expected, told);
      if (broken !== undefined) return wrong(batches.flat(), `${batches.map((b) => b.length).join(" + ")}\n${broken}`);
      const anonymous = named && told.lines.find((line) => line.includes('"principal":{"type":"AWSAccount"'));
      if (anonymous) return wrong(batches.flat(), `an alert lost the caller's name: ${anonymous}`);
    }
  }
  return { telling: copies.length > 1 && expected.lines.length > 0, marks: [`copies: ${copies.length}`] };
};

function wrong(order: readonly Call[], what: string): Run {
  return { telling: true, broken: `${order.flatMap(({ eventIds }) => eventIds).join(", ")}: ${what}` };
}

function encoded(call: Call): string {
  return JSON.stringify(joinCalls(call, call));
}
