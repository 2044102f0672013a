import * as z from "zod";

/** What a field may be: one value, one text or a list of them, a list, or anything at all. */
type Field = "scalar" | "text" | "list" | "anything";
interface Plan {
  readonly [name: string]: Field | Plan;
}

/**
 * What is read of a CloudTrail record. Unknown fields are ignored, as AWS advises; a field of an unexpected type counts
 * as absent; booleans and numbers may be spelled as strings, and are in real archives.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
const PLAN = {
  eventVersion: "scalar",
  eventID: "scalar",
  sharedEventID: "scalar",
  eventTime: "scalar",
  "@timestamp": "scalar",
  awsRegion: "scalar",
  sourceIPAddress: "scalar",
  vpcEndpointId: "scalar",
  userAgent: "text",
  errorCode: "scalar",
  errorMessage: "scalar",
  requestID: "scalar",
  recipientAccountId: "scalar",
  sessionCredentialFromConsole: "scalar",
  userIdentity: {
    type: "scalar",
    principalId: "scalar",
    arn: "scalar",
    accountId: "scalar",
    accessKeyId: "scalar",
    userName: "scalar",
    invokedBy: "scalar",
    onBehalfOf: "anything",
    inScopeOf: "anything",
    sessionContext: {
      sessionIssuer: { arn: "scalar", userName: "scalar" },
      attributes: { mfaAuthenticated: "scalar", creationDate: "scalar" },
      sourceIdentity: "scalar",
    },
  },
  requestParameters: {
    omitted: "scalar",
    roleArn: "scalar",
    roleSessionName: "scalar",
    externalId: "anything",
    durationSeconds: "scalar",
    policy: "anything",
    policyArns: "anything",
    serialNumber: "scalar",
    sourceIdentity: "scalar",
    targetPrincipal: "scalar",
  },
  responseElements: { omitted: "scalar", credentials: { accessKeyId: "scalar" }, SwitchRole: "scalar" },
  resources: "list",
  addendum: { reason: "scalar", originalEventID: "scalar" },
  tlsDetails: { clientProvidedHostHeader: "scalar" },
  additionalEventData: {
    SwitchFrom: "scalar",
    RequestDetails: { endpointType: "scalar", awsServingRegion: "scalar" },
  },
} as const satisfies Plan;

interface FieldTypes {
  /** Read by `text`, `truth`, `whole` and `account`, for which whatever is no scalar is absent. */
  readonly scalar: unknown;
  readonly text: string | readonly unknown[] | undefined;
  readonly list: readonly unknown[] | null | undefined;
  readonly anything: unknown;
}
type Planned<P> = {
  readonly [K in keyof P]?: P[K] extends Field ? FieldTypes[P[K]] : Planned<P[K]> | null | undefined;
};
export type RecordShape = Planned<typeof PLAN>;

const FIELDS: Readonly<Record<Field, z.ZodType>> = {
  scalar: z.union([z.string(), z.number(), z.boolean()]).optional().catch(undefined),
  text: z
    .union([z.string(), z.array(z.unknown())])
    .optional()
    .catch(undefined),
  list: z.array(z.unknown()).nullish().catch(null),
  anything: z.unknown().optional(),
};

function schemaOf(plan: Plan): z.ZodObject {
  const fields = Object.entries(plan).map(([name, field]): [string, z.ZodType] => [
    name,
    typeof field === "string" ? FIELDS[field] : schemaOf(field).nullish().catch(null),
  ]);
  return z.object(Object.fromEntries(fields));
}

const schema = schemaOf(PLAN);

/**
 * A record as its shape. One whose parts are all objects where objects belong is its own shape and is taken as it is, at
 * a tenth of the price of parsing; any other goes through the schema. Null for what is no record at all.
 */
export function shapeOf(raw: object): RecordShape | null {
  return isOrdinary(raw, PARTS) ? raw : parseShape(raw);
}

/** By the schema alone; exported so that a test can hold the short way against it. */
export function parseShape(raw: object): RecordShape | null {
  const parsed = schema.safeParse(raw);
  return parsed.success ? parsed.data : null;
}

/** What must be looked at before a record is taken as it is; scalars are looked at where they are read. */
type Part = readonly [name: string, field: "text" | "list" | readonly Part[]];
const PARTS = partsOf(PLAN);

function partsOf(plan: Plan): readonly Part[] {
  return Object.entries(plan).flatMap(([name, field]): Part[] => {
    if (typeof field === "object") return [[name, partsOf(field)]];
    return field === "text" || field === "list" ? [[name, field]] : [];
  });
}

function isOrdinary(value: object, parts: readonly Part[]): boolean {
  for (const [name, field] of parts) {
    const found = (value as Record<string, unknown>)[name];
    if (found === undefined) continue;
    if (field === "text" ? typeof found !== "string" : field === "list" && !Array.isArray(found)) return false;
    if (typeof field !== "object" || found === null) continue;
    if (typeof found !== "object" || Array.isArray(found) || !isOrdinary(found, field)) return false;
  }
  return true;
}

/** The text of a scalar; null where there is none. */
export function text(value: unknown): string | null {
  if (typeof value === "string") return value === "" ? null : value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : null;
}

/** `true` and "true" alike. */
export function truth(value: unknown): boolean {
  return value === true || value === "true" || value === "True";
}

/** A whole number, from a number or its decimal spelling; null for anything else. */
export function whole(value: unknown): number | null {
  if (typeof value === "string" ? !/^\d+$/.test(value) : typeof value !== "number") return null;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : null;
}

/**
 * An account id: twelve digits. One that has been a number on its way has lost its leading zeros and gets them back.
 * @see https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html
 */
export function account(value: unknown): string | null {
  const id = text(value);
  return id !== null && id.length < 12 && /^\d+$/.test(id) ? id.padStart(12, "0") : id;
}
