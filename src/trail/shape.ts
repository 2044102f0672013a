import * as z from "zod";

/**
 * What is read of a CloudTrail record, and how forgivingly. Unknown fields are ignored, as AWS advises; a field of an
 * unexpected type counts as absent; booleans and numbers may be spelled as strings, and are in real archives.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
const scalar = z.union([z.string(), z.number(), z.boolean()]).optional().catch(undefined);

function part<T extends z.ZodRawShape>(shape: T) {
  return z.object(shape).nullish().catch(null);
}

const identity = part({
  type: scalar,
  principalId: scalar,
  arn: scalar,
  accountId: scalar,
  accessKeyId: scalar,
  userName: scalar,
  invokedBy: scalar,
  onBehalfOf: z.unknown().optional(),
  inScopeOf: z.unknown().optional(),
  sessionContext: part({
    sessionIssuer: part({ arn: scalar, userName: scalar }),
    attributes: part({ mfaAuthenticated: scalar }),
    sourceIdentity: scalar,
  }),
});

export const recordShape = z.object({
  eventID: scalar,
  sharedEventID: scalar,
  eventTime: scalar,
  "@timestamp": scalar,
  awsRegion: scalar,
  sourceIPAddress: scalar,
  vpcEndpointId: scalar,
  userAgent: z
    .union([z.string(), z.array(z.unknown())])
    .optional()
    .catch(undefined),
  errorCode: scalar,
  errorMessage: scalar,
  requestID: scalar,
  recipientAccountId: scalar,
  sessionCredentialFromConsole: scalar,
  userIdentity: identity,
  requestParameters: part({
    omitted: scalar,
    roleArn: scalar,
    roleSessionName: scalar,
    externalId: scalar,
    durationSeconds: scalar,
    policy: z.unknown().optional(),
    policyArns: z.unknown().optional(),
    serialNumber: scalar,
    sourceIdentity: scalar,
    targetPrincipal: scalar,
  }),
  responseElements: part({
    omitted: scalar,
    credentials: part({ accessKeyId: scalar }),
    SwitchRole: scalar,
  }),
  resources: z.array(z.unknown()).nullish().catch(null),
  addendum: part({ reason: scalar, originalEventID: scalar }),
  tlsDetails: part({ clientProvidedHostHeader: scalar }),
  additionalEventData: part({
    SwitchFrom: scalar,
    RequestDetails: part({ endpointType: scalar, awsServingRegion: scalar }),
  }),
});

export type RecordShape = z.infer<typeof recordShape>;
type Scalar = string | number | boolean | undefined;

/** The text of a scalar; null where there is none. */
export function text(value: Scalar): string | null {
  return value === undefined || value === "" ? null : String(value);
}

/** `true` and "true" alike. */
export function truth(value: Scalar): boolean {
  return value === true || value === "true" || value === "True";
}

/** A whole number, from a number or its decimal spelling; null for anything else. */
export function whole(value: Scalar): number | null {
  if (value === undefined || typeof value === "boolean" || value === "") return null;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : null;
}

/** An account id. A number has lost its leading zeros on the way and gets them back. */
export function account(value: Scalar): string | null {
  return typeof value === "number" ? String(value).padStart(12, "0") : text(value);
}
