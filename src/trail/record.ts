import { createHash } from "node:crypto";
import { accountOf } from "./arn.ts";
import { ASSUMING_OPERATIONS, type Asked, type Call, type Decoded, type Doubt, type Operation } from "./call.ts";
import { controlOf, resourceOf } from "./control.ts";
import type { Digester } from "./external-id.ts";
import { callerOf, switcherOf, userAgentOf } from "./identity.ts";
import { isOwnProbe } from "./probe.ts";
import { account, shapeOf, text, truth, whole, type RecordShape } from "./shape.ts";
import { eventTimeMs } from "./time.ts";
import { trustChangeOf } from "./trust-change.ts";
import { roleInUse } from "./use.ts";

export interface DecodeOptions {
  readonly digester: Digester;
  /** No event is later than this, in epoch milliseconds: the reader's clock and some minutes of skew. */
  readonly latestMs: number;
  /** Roles whose sessions are of interest whatever they call, by ARN; left out: none are. */
  readonly watches?: ((roleArn: string) => boolean) | undefined;
}

const ASSUMING: ReadonlySet<string> = new Set(ASSUMING_OPERATIONS);

/**
 * One record of a trail as a call, a change to the trail, the use of a watched session, or as the reason why it is none
 * of these. Nearly all of a trail is none: that is told before anything is read that need not be. Never throws: the
 * bytes were chosen by others. External IDs and session tokens do not get past this function.
 */
export function decode(raw: unknown, { digester, latestMs, watches }: DecodeOptions): Decoded {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw))
    return { kind: "rejected", reason: "not a JSON object" };
  const { eventSource, eventName, eventType, eventCategory } = raw as Record<string, unknown>;
  if (eventType === "AwsCloudTrailInsight" || eventCategory === "Insight")
    return { kind: "skipped", reason: "insight event" };
  if (typeof eventName !== "string" || typeof eventSource !== "string") {
    return { kind: "rejected", reason: "no eventName or eventSource" };
  }
  const assuming =
    ASSUMING.has(eventName) && (eventSource === "sts.amazonaws.com" || eventSource === "signin.amazonaws.com");
  const control = assuming ? null : controlOf(eventSource, eventName);
  if (!assuming && control === null && !isWatched(raw, watches)) return { kind: "skipped", reason: "other event" };

  const record = shapeOf(raw);
  if (record === null) return { kind: "rejected", reason: "not the shape of a CloudTrail record" };
  const timeMs = eventTimeMs(text(record.eventTime) ?? text(record["@timestamp"]) ?? "", latestMs);
  if (timeMs === null) return { kind: "rejected", reason: "no valid event time" };
  const doubt = doubtOf(record.eventVersion);
  if (assuming) {
    const call = callOf(record, eventName as Operation, timeMs, digester);
    return isOwnProbe(call, record.requestParameters?.policy, digester)
      ? { kind: "skipped", reason: "own probe" }
      : { kind: "call", call, doubt };
  }
  const use = {
    ...everyEvent(record, timeMs, eventName),
    service: eventSource,
    operation: control ?? eventName,
    caller: callerOf(record, digester),
  };
  if (control === null) return { kind: "use", use, doubt };
  const trust = trustChangeOf(raw, use.recipient ?? use.caller.account, digester);
  return { kind: "control", event: { ...use, resource: trust?.roleArn ?? resourceOf(raw), trust }, doubt };
}

function isWatched(raw: object, watches: DecodeOptions["watches"]): boolean {
  const roleArn = watches === undefined ? null : roleInUse(raw);
  return roleArn !== null && watches?.(roleArn) === true;
}

/**
 * Any minor version of the one that is known is read, as AWS asks of readers. Another major version may mean something
 * else by the same fields; it is judged all the same, because silence would be worse, and counted.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
function doubtOf(eventVersion: RecordShape["eventVersion"]): Doubt | null {
  const version = text(eventVersion);
  return version === null || version.startsWith("1.") || version === "1" ? null : "eventVersion of another major";
}

function callOf(record: RecordShape, operation: Operation, timeMs: number, digester: Digester): Call {
  const asked = askedOf(record, digester);
  const issued = text(record.responseElements?.credentials?.accessKeyId);
  const details = record.additionalEventData?.RequestDetails;
  const caller = callerOf(record, digester);
  const event = everyEvent(record, timeMs, operation);
  const common = {
    ...event,
    operation,
    asked,
    issued: issued === null ? null : digester.issued(issued),
    region: text(details?.awsServingRegion) ?? event.region,
    globalEndpoint:
      details?.endpointType === "global" || record.tlsDetails?.clientProvidedHostHeader === "sts.amazonaws.com",
    partial:
      caller.kind === "AWSAccount" ||
      truth(record.requestParameters?.omitted) ||
      truth(record.responseElements?.omitted),
  };
  if (operation !== "SwitchRole") return { ...common, caller, target: targetOf(record) };

  return {
    ...common,
    outcome: record.responseElements?.SwitchRole === "Failure" ? "denied" : event.outcome,
    caller: switcherOf(record, caller),
    target: { roleArn: caller.roleArn, account: caller.account },
  };
}

/** What calls and changes to the trail have in common. */
function everyEvent(record: RecordShape, timeMs: number, eventName: string) {
  const eventId = text(record.eventID);
  const errorCode = text(record.errorCode);
  const original = text(record.addendum?.originalEventID);
  return {
    key: text(record.sharedEventID) ?? original ?? eventId ?? fingerprint(record, eventName),
    eventIds: eventId === null ? [] : [eventId],
    timeMs,
    outcome: outcomeOf(errorCode ?? text(record.errorMessage)),
    errorCode,
    source: { address: text(record.sourceIPAddress) ?? "", vpcEndpointId: text(record.vpcEndpointId) },
    userAgent: userAgentOf(record),
    region: text(record.awsRegion),
    recipient: account(record.recipientAccountId),
  };
}

function outcomeOf(error: string | null): Call["outcome"] {
  if (error === null) return "allowed";
  return /AccessDenied|Unauthorized|not ?authorized|Forbidden/i.test(error) ? "denied" : "failed";
}

const HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS";

function askedOf({ requestParameters: asked }: RecordShape, digester: Digester): Asked | null {
  if (asked === null || asked === undefined || truth(asked.omitted)) return null;
  return {
    sessionName: text(asked.roleSessionName),
    externalId: externalIdOf(asked.externalId, digester),
    durationSeconds: whole(asked.durationSeconds),
    sessionPolicy: isGiven(asked.policy) || isGiven(asked.policyArns),
    sourceIdentity: text(asked.sourceIdentity),
    mfaSerial: text(asked.serialNumber) !== null,
  };
}

/** What stands in an external ID's place without being one hides it: only an empty place says that none was sent. */
function externalIdOf(sent: unknown, digester: Digester): Asked["externalId"] {
  if (!isGiven(sent)) return null;
  if ((typeof sent !== "string" && typeof sent !== "number") || sent === HIDDEN) return "hidden";
  return digester.seen(String(sent));
}

function isGiven(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null && value !== "";
}

const DENIED_ROLE = /on resource: (arn:[\w-]+:iam::\d+:role\/[\w+=,.@/-]+)/;
/** CloudTrail cuts error messages at 1 KB; a role at the very end of one may be half a name. */
const CUT_MESSAGE_LENGTH = 1_000;

function targetOf(record: RecordShape): Call["target"] {
  const roleArn =
    text(record.requestParameters?.roleArn) ?? roleAmong(record.resources) ?? deniedRole(text(record.errorMessage));
  return { roleArn, account: accountOf(roleArn) ?? memberOf(text(record.requestParameters?.targetPrincipal)) };
}

/**
 * The member account that AssumeRoot enters, given as its root's ARN or as its number.
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoot.html
 */
function memberOf(targetPrincipal: string | null): string | null {
  return accountOf(targetPrincipal) ?? (/^\d{12}$/.test(targetPrincipal ?? "") ? targetPrincipal : null);
}

function roleAmong(resources: RecordShape["resources"]): string | null {
  for (const resource of resources ?? []) {
    if (typeof resource !== "object" || resource === null) continue;
    const { ARN, arn } = resource as { ARN?: unknown; arn?: unknown };
    const found = ARN ?? arn;
    if (typeof found === "string" && found.includes(":role/")) return found;
  }
  return null;
}

/**
 * A denied call has no parameters; the role is named in its error message only.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
function deniedRole(message: string | null): string | null {
  const match = message === null ? null : DENIED_ROLE.exec(message.slice(0, 2 * CUT_MESSAGE_LENGTH));
  if (match?.[1] === undefined || message === null) return null;
  const cut = message.length >= CUT_MESSAGE_LENGTH && match.index + match[0].length >= message.length;
  return cut ? null : match[1].replace(/[.,]$/, "");
}

/** Records without any id are told apart by what they say; a copy says the same. */
function fingerprint(record: RecordShape, eventName: string): string {
  const said = [
    eventName,
    record.eventTime,
    record["@timestamp"],
    record.requestID,
    record.sourceIPAddress,
    record.userIdentity?.arn,
  ];
  const what = [
    record.userIdentity?.principalId,
    record.requestParameters?.roleArn,
    record.requestParameters?.roleSessionName,
  ];
  return `record-${createHash("sha256")
    .update(JSON.stringify([...said, ...what]))
    .digest("hex")
    .slice(0, 32)}`;
}
