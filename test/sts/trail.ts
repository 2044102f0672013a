import { randomUUID } from "node:crypto";
import type { Seen } from "./server.ts";

/**
 * The records that CloudTrail writes of one call to STS: the caller's, and where it was let in from another account the
 * target's too. Access keys, session tokens and external IDs stand in them in plain, as they do in real ones.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
 */
export function recordsOf(seen: Seen): readonly Readonly<Record<string, unknown>>[] {
  const { caller, asked, answer } = seen;
  if (caller === null) return [];
  const roleArn = asked.RoleArn ?? "";
  const [from, to] = [accountIn(caller.arn), accountIn(roleArn)];
  const crossing = from !== to && answer.issued !== null;
  const common = {
    eventVersion: "1.11",
    eventTime: iso(seen.timeMs),
    eventSource: "sts.amazonaws.com",
    eventName: "AssumeRole",
    awsRegion: seen.region,
    sourceIPAddress: "203.0.113.9",
    userAgent: seen.userAgent,
    requestID: randomUUID(),
    readOnly: true,
    eventType: "AwsApiCall",
    managementEvent: true,
    eventCategory: "Management",
    tlsDetails: { tlsVersion: "TLSv1.3", clientProvidedHostHeader: `sts.${seen.region}.amazonaws.com` },
  };
  const { issued } = answer;
  if (issued === null) {
    return [
      {
        ...common,
        userIdentity: identityOf(seen),
        eventID: randomUUID(),
        errorCode: answer.code,
        errorMessage: answer.message,
        requestParameters: null,
        responseElements: null,
        recipientAccountId: from,
      },
    ];
  }
  const whole = {
    ...common,
    userIdentity: identityOf(seen),
    eventID: randomUUID(),
    requestParameters: {
      roleArn,
      roleSessionName: asked.RoleSessionName,
      ...(asked.ExternalId !== undefined && { externalId: asked.ExternalId }),
      ...(asked.Policy !== undefined && { policy: asked.Policy }),
      durationSeconds: Number(asked.DurationSeconds),
    },
    responseElements: {
      credentials: {
        accessKeyId: issued.accessKeyId,
        sessionToken: issued.token,
        expiration: "Nov 25, 2026, 11:00:00 AM",
      },
      assumedRoleUser: { assumedRoleId: `AROAEXAMPLETARGET:${asked.RoleSessionName}`, arn: issued.arn },
    },
    resources: [{ accountId: to, type: "AWS::IAM::Role", ARN: roleArn }],
    recipientAccountId: from,
    ...(crossing && { sharedEventID: randomUUID() }),
  };
  if (!crossing) return [whole];
  const shrunk = { type: "AWSAccount", principalId: `AROAEXAMPLECALLER:${sessionIn(caller.arn)}`, accountId: from };
  return [whole, { ...whole, userIdentity: shrunk, eventID: randomUUID(), recipientAccountId: to }];
}

function identityOf({ caller, timeMs }: Seen) {
  const { arn = "", accessKeyId = "" } = caller ?? {};
  const accountId = accountIn(arn);
  const role = /:assumed-role\/([^/]+)\//.exec(arn)?.[1];
  if (role === undefined) {
    return { type: "IAMUser", principalId: "AIDAEXAMPLEUSER", arn, accountId, accessKeyId, userName: sessionIn(arn) };
  }
  return {
    type: "AssumedRole",
    principalId: `AROAEXAMPLECALLER:${sessionIn(arn)}`,
    arn,
    accountId,
    accessKeyId,
    sessionContext: {
      sessionIssuer: {
        type: "Role",
        principalId: "AROAEXAMPLECALLER",
        arn: `arn:aws:iam::${accountId}:role/${role}`,
        accountId,
        userName: role,
      },
      attributes: { creationDate: iso(timeMs), mfaAuthenticated: "false" },
    },
  };
}

function accountIn(arn: string): string {
  return arn.split(":")[4] ?? "";
}

function sessionIn(arn: string): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}

function iso(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19)}Z`;
}
