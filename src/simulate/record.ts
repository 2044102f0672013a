import { accountOf } from "../trail/arn.ts";
import type { Dice } from "./dice.ts";

/** The account whose trail is made: one of those that AWS's documentation uses for examples. */
export const VENDOR_ACCOUNT = "999988887777";

/** An IAM role with the unique id by which principals of its sessions are named. */
export interface Role {
  readonly arn: string;
  /** `AROA…` */
  readonly id: string;
}

/**
 * One record of a trail, with the fields that its makers themselves read named.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export interface TrailRecord {
  readonly eventTime: string;
  readonly eventSource: string;
  readonly eventName: string;
  readonly awsRegion: string;
  readonly eventID: string;
  readonly recipientAccountId: string;
  readonly userIdentity: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/** Temporary credentials at work: a record's `userIdentity`, with the ids that hop 2 inherits from hop 1. */
export interface Session {
  readonly role: Role;
  readonly sessionName: string;
  readonly accessKeyId: string;
  readonly createdMs: number;
}

/** An IAM user with a key that lives for years. */
export interface User {
  readonly arn: string;
  readonly userName: string;
  /** `AIDA…` */
  readonly id: string;
  /** `AKIA…` */
  readonly accessKeyId: string;
}

/** What one AssumeRole call is made of. */
export interface Assumption {
  readonly timeMs: number;
  readonly caller: Session | User;
  readonly role: Role;
  readonly sessionName: string;
  /** Null: none is sent, as within the vendor's own account. */
  readonly externalId: string | null;
  readonly region: string;
  /** As recorded; behind a VPC endpoint a private address of the caller's network. */
  readonly address: string;
  readonly vpcEndpointId?: string | undefined;
  readonly userAgent: string;
  /** Through `sts.amazonaws.com`, which logs in us-east-1 wherever it was served. */
  readonly globalEndpoint?: boolean;
}

const SESSION_SECONDS = 3600;

/** The caller's copy of a successful AssumeRole, and the session it issued. */
export function assumeRole(call: Assumption, chance: Dice): { readonly record: TrailRecord; readonly issued: Session } {
  const issued: Session = {
    role: call.role,
    sessionName: call.sessionName,
    accessKeyId: chance.awsId("ASIA", 16),
    createdMs: call.timeMs,
  };
  const account = accountOf(call.role.arn) ?? "";
  const record = recordOf(call, chance, {
    requestParameters: {
      roleArn: call.role.arn,
      roleSessionName: call.sessionName,
      ...(call.externalId === null ? {} : { externalId: call.externalId }),
      durationSeconds: SESSION_SECONDS,
    },
    responseElements: {
      credentials: {
        accessKeyId: issued.accessKeyId,
        sessionToken: `IQoJb3JpZ2luX2VjEXAMPLE${chance.bytes(570).toString("base64")}`.slice(0, 780),
        expiration: expirationTime(call.timeMs + SESSION_SECONDS * 1000),
      },
      assumedRoleUser: { assumedRoleId: `${call.role.id}:${call.sessionName}`, arn: sessionArn(issued) },
    },
    resources: [{ accountId: account, type: "AWS::IAM::Role", ARN: call.role.arn }],
    sharedEventID: account === VENDOR_ACCOUNT ? undefined : chance.uuid(),
  });
  return { record, issued };
}

/** The same call refused: CloudTrail records no parameters, and names the role in the message alone. */
export function deniedAssumeRole(call: Assumption, chance: Dice): TrailRecord {
  return recordOf(call, chance, {
    errorCode: "AccessDenied",
    errorMessage: `User: ${callerArn(call.caller)} is not authorized to perform: sts:AssumeRole on resource: ${call.role.arn}`,
    requestParameters: null,
    responseElements: null,
  });
}

/**
 * The same call in the customer's trail: the caller shrunk to account and principal, another event ID.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
 */
export function targetCopy(record: TrailRecord, account: string, chance: Dice): TrailRecord {
  const { principalId, accountId } = record.userIdentity;
  return {
    ...record,
    userIdentity: { type: "AWSAccount", principalId, accountId },
    eventID: chance.uuid(),
    recipientAccountId: account,
  };
}

/** `userIdentity` of a role's session, or of a user. */
export function identityOf(caller: Session | User): Readonly<Record<string, unknown>> {
  return "role" in caller ? sessionIdentity(caller) : userIdentity(caller);
}

function userIdentity(user: User): Readonly<Record<string, unknown>> {
  const { arn, id: principalId, accessKeyId, userName } = user;
  return { type: "IAMUser", principalId, arn, accountId: VENDOR_ACCOUNT, accessKeyId, userName };
}

function sessionIdentity(session: Session): Readonly<Record<string, unknown>> {
  const accountId = accountOf(session.role.arn);
  return {
    type: "AssumedRole",
    principalId: `${session.role.id}:${session.sessionName}`,
    arn: sessionArn(session),
    accountId,
    accessKeyId: session.accessKeyId,
    sessionContext: {
      sessionIssuer: {
        type: "Role",
        principalId: session.role.id,
        arn: session.role.arn,
        accountId,
        userName: roleName(session.role.arn),
      },
      attributes: { creationDate: isoTime(session.createdMs), mfaAuthenticated: "false" },
    },
  };
}

/** `eventTime` as CloudTrail writes it: whole seconds, UTC. */
export function isoTime(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19)}Z`;
}

/** What a call came to; fields that are undefined are not in the record. */
interface Outcome {
  readonly errorCode?: string;
  readonly errorMessage?: string;
  readonly requestParameters: object | null;
  readonly responseElements: object | null;
  readonly resources?: readonly object[];
  readonly sharedEventID?: string | undefined;
}

/** In the order in which CloudTrail writes the fields. */
function recordOf(call: Assumption, chance: Dice, outcome: Outcome): TrailRecord {
  const globally = call.globalEndpoint ?? false;
  return {
    eventVersion: "1.11",
    userIdentity: identityOf(call.caller),
    eventTime: isoTime(call.timeMs),
    eventSource: "sts.amazonaws.com",
    eventName: "AssumeRole",
    awsRegion: globally ? "us-east-1" : call.region,
    sourceIPAddress: call.address,
    userAgent: call.userAgent,
    errorCode: outcome.errorCode,
    errorMessage: outcome.errorMessage,
    requestParameters: outcome.requestParameters,
    responseElements: outcome.responseElements,
    additionalEventData: {
      RequestDetails: { endpointType: globally ? "global" : "regional", awsServingRegion: call.region },
    },
    requestID: chance.uuid(),
    eventID: chance.uuid(),
    readOnly: true,
    resources: outcome.resources,
    eventType: "AwsApiCall",
    managementEvent: true,
    recipientAccountId: VENDOR_ACCOUNT,
    sharedEventID: outcome.sharedEventID,
    eventCategory: "Management",
    vpcEndpointId: call.vpcEndpointId,
    tlsDetails: {
      tlsVersion: "TLSv1.3",
      cipherSuite: "TLS_AES_128_GCM_SHA256",
      clientProvidedHostHeader: globally ? "sts.amazonaws.com" : `sts.${call.region}.${domainOf(call.region)}`,
    },
  };
}

/** Service endpoints in China have a domain of their own. @see https://docs.aws.amazon.com/general/latest/gr/sts.html */
function domainOf(region: string): string {
  return region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
}

function callerArn(caller: Session | User): string {
  return "role" in caller ? sessionArn(caller) : caller.arn;
}

/** An assumed-role ARN drops the role's path. */
function sessionArn({ role, sessionName }: Session): string {
  const partition = role.arn.split(":", 2)[1] ?? "aws";
  return `arn:${partition}:sts::${accountOf(role.arn) ?? ""}:assumed-role/${roleName(role.arn)}/${sessionName}`;
}

function roleName(arn: string): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** "Nov 20, 2026, 11:00:00 AM", as credentials' expiration is recorded. */
export function expirationTime(timeMs: number): string {
  const at = new Date(timeMs);
  const hour = at.getUTCHours();
  const clock = `${hour % 12 === 0 ? 12 : hour % 12}${at.toISOString().slice(13, 19)} ${hour < 12 ? "AM" : "PM"}`;
  return `${MONTHS[at.getUTCMonth()] ?? ""} ${at.getUTCDate()}, ${at.getUTCFullYear()}, ${clock}`;
}
