import type { Call } from "../../src/trail/call.ts";
import { digester } from "../../src/trail/external-id.ts";
import { decode } from "../../src/trail/record.ts";

export const hash = digester(new Uint8Array(32).fill(7));
export const OPTIONS = { digester: hash, latestMs: Date.UTC(2027, 0, 1) };
export const EXTERNAL_ID = "2f6f4b6e-3c1d-4f3a-9b57-5b6d0c6f3a11";
export const CALLERS_KEY = "ASIAEXAMPLECALLER001";
export const ISSUED_KEY = "ASIAEXAMPLEISSUED002";
export const SESSION_TOKEN = "IQoJb3JpZ2luX2VjEXAMPLETOKEN";
export const SCANNER = "arn:aws:iam::999988887777:role/team/scanner";
export const SESSION = "arn:aws:sts::999988887777:assumed-role/scanner/scan-1";
export const TARGET = "arn:aws:iam::111122223333:role/Vendor-7f3a";

/** A full record of one crossing, the caller's copy. */
export const RECORD = {
  eventVersion: "1.11",
  eventID: "e-vendor",
  sharedEventID: "shared-1",
  requestID: "r-1",
  eventTime: "2026-11-20T10:00:00Z",
  eventSource: "sts.amazonaws.com",
  eventName: "AssumeRole",
  awsRegion: "us-east-1",
  sourceIPAddress: "198.51.100.7",
  userAgent: "Boto3/1.42.3",
  vpcEndpointId: "vpce-0a1b2c3d",
  readOnly: true,
  recipientAccountId: "999988887777",
  userIdentity: {
    type: "AssumedRole",
    principalId: "AROAEXAMPLESCANNER:scan-1",
    arn: SESSION,
    accountId: "999988887777",
    accessKeyId: CALLERS_KEY,
    userName: "scanner",
    sessionContext: {
      sessionIssuer: { type: "Role", principalId: "AROAEXAMPLESCANNER", arn: SCANNER, userName: "scanner" },
      attributes: { mfaAuthenticated: "false", creationDate: "2026-11-20T09:30:00Z" },
      sourceIdentity: "scanner-job",
    },
  },
  requestParameters: {
    roleArn: TARGET,
    roleSessionName: "scan-acme",
    externalId: EXTERNAL_ID,
    durationSeconds: 3600,
    policy: '{"Version":"2012-10-17","Statement":[]}',
    policyArns: [{ arn: "arn:aws:iam::aws:policy/ReadOnlyAccess" }],
    sourceIdentity: "scanner-job",
  },
  responseElements: {
    credentials: { accessKeyId: ISSUED_KEY, sessionToken: SESSION_TOKEN, expiration: "Nov 20, 2026, 11:00:00 AM" },
    assumedRoleUser: { assumedRoleId: "AROAEXAMPLETARGET:scan-acme", arn: SESSION },
    packedPolicySize: 4,
  },
  resources: [{ accountId: "111122223333", type: "AWS::IAM::Role", ARN: TARGET }],
  additionalEventData: { RequestDetails: { endpointType: "regional", awsServingRegion: "eu-west-1" } },
  tlsDetails: { clientProvidedHostHeader: "sts.eu-west-1.amazonaws.com" },
};

/** The call that the record above makes with some fields changed. */
export function callOf(changes: Readonly<Record<string, unknown>> = {}): Call {
  return callIn({ ...RECORD, ...changes });
}

/** The call that a record makes; throws where it makes none. */
export function callIn(raw: unknown): Call {
  const decoded = decode(raw, OPTIONS);
  if (decoded.kind !== "call") throw new Error(`is no call: ${JSON.stringify(decoded)}`);
  return decoded.call;
}

export const asking = (changes: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => ({
  requestParameters: { ...RECORD.requestParameters, ...changes },
});
