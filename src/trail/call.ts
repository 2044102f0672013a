/**
 * What CloudTrail tells about one role assumption, about one change to the trail itself, and about any other use of a
 * session that the vendor watches, once every spelling, envelope and missing field has been dealt with. Everything
 * downstream of `src/trail` works on these three values.
 *
 * None holds a secret: external IDs arrive here as keyed digests, session tokens not at all.
 */

/** The operations that hand out a role's credentials, and those by which a console or a federation does the same. */
export const ASSUMING_OPERATIONS = [
  "AssumeRole",
  "AssumeRoleWithSAML",
  "AssumeRoleWithWebIdentity",
  "AssumeRoot",
  "GetFederationToken",
  "GetSessionToken",
  "SwitchRole",
] as const;

export type Operation = (typeof ASSUMING_OPERATIONS)[number];

/**
 * CloudTrail's `userIdentity.type`, `Unknown` where the record has none or a newer one.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
 */
export const CALLER_KINDS = [
  "Root",
  "IAMUser",
  "AssumedRole",
  "Role",
  "FederatedUser",
  "Directory",
  "AWSAccount",
  "AWSService",
  "IdentityCenterUser",
  "SAMLUser",
  "WebIdentityUser",
  "Unknown",
] as const;

export type CallerKind = (typeof CALLER_KINDS)[number];

/** Credentials by reference: a keyed digest to join on, four characters to talk about. The key id itself stays behind. */
export interface Credential {
  /** First 16 hex digits of HMAC-SHA256 over the access key id. */
  readonly digest: string;
  readonly last4: string;
}

export interface Caller {
  readonly kind: CallerKind;
  /** `userIdentity.arn`: the session's ARN for an assumed role; null in the target's copy of a call. */
  readonly arn: string | null;
  /** `AROA…:session`, `AIDA…`; the one field that both copies of a call share. */
  readonly principalId: string | null;
  readonly account: string | null;
  /** IAM ARN of the role behind the session (`sessionIssuer.arn`, else rebuilt from the session's ARN without its path). */
  readonly roleArn: string | null;
  readonly sessionName: string | null;
  readonly userName: string | null;
  readonly credential: Credential | null;
  /** DNS name of the AWS service that called, for callers of kind `AWSService` or on behalf of one. */
  readonly invokedBy: string | null;
  /** What betrays a person at the keyboard, strongest first; empty proves nothing. */
  readonly human: readonly HumanMarker[];
  /** When the session began, as each of its calls says; null for other callers, and where it is not recorded. */
  readonly sessionStartMs: number | null;
  /** Proof of a machine: credentials delivered to a function (`userIdentity.inScopeOf`). */
  readonly machine: boolean;
  readonly sourceIdentity: string | null;
}

export interface HumanMarker {
  readonly strength: "strong" | "medium" | "weak";
  /** Fixed text, never a caller's string. */
  readonly marker: string;
}

/** How an external ID is made, judged before it is digested; see `external-id.ts`. */
export type ExternalIdStrength = "strong" | "fair" | "weak";

export interface ExternalIdSeen {
  /** `hmac-sha256:<64 hex>` with the vendor's key, as in the tenants' registry. */
  readonly digest: string;
  readonly strength: ExternalIdStrength;
}

/** What the caller asked for. CloudTrail records none of it when the call is denied. */
export interface Asked {
  readonly sessionName: string | null;
  /** Null: the parameters are recorded and hold no external ID. `hidden`: there is one that the record keeps back. */
  readonly externalId: ExternalIdSeen | "hidden" | null;
  /** Seconds; null where the caller left it at the default of 3,600. */
  readonly durationSeconds: number | null;
  /** Whether a session policy (inline or by ARN) was passed. */
  readonly sessionPolicy: boolean;
  readonly sourceIdentity: string | null;
  readonly mfaSerial: boolean;
}

export interface Source {
  /** `sourceIPAddress` as recorded: an address, a service's DNS name, `AWS Internal`, or anything else. */
  readonly address: string;
  readonly vpcEndpointId: string | null;
}

/** What every event tells, whatever was called. */
export interface TrailEvent {
  /** `sharedEventID ?? eventID`, or a digest of the record where both are missing: one call, however many copies. */
  readonly key: string;
  /** Of every copy joined so far, sorted. */
  readonly eventIds: readonly string[];
  readonly timeMs: number;
  /** `denied` by a policy, `failed` for any other reason (throttled, malformed, expired). */
  readonly outcome: "allowed" | "denied" | "failed";
  readonly errorCode: string | null;
  readonly caller: Caller;
  readonly source: Source;
  readonly userAgent: string | null;
  /** Where the call was served: `awsServingRegion` where recorded, else `awsRegion`. */
  readonly region: string | null;
  /** The trail's account. */
  readonly recipient: string | null;
}

export interface Call extends TrailEvent {
  readonly operation: Operation;
  /** Read from the request, from `resources`, or from a denial's error message. */
  readonly target: { readonly roleArn: string | null; readonly account: string | null };
  /** Null where CloudTrail did not record the parameters. */
  readonly asked: Asked | null;
  readonly issued: Credential | null;
  /** The global endpoint is logged in us-east-1 wherever it was served, so its region accuses nobody. */
  readonly globalEndpoint: boolean;
  /** Fields were cut (`omitted`), or this is the target's copy, which does not name the caller. */
  readonly partial: boolean;
}

/** A role whose trust policy was written: by whom says the event, by what the operation. */
export interface TrustChange {
  /** The role's ARN; without its path where the record does not tell it. */
  readonly roleArn: string;
  /** The policy, its external IDs replaced by tokens: equal IDs by equal tokens, wildcards kept. Null: not JSON. */
  readonly policy: unknown;
}

/** A change to what records or carries the vendor's trail, or to whom a customer's role trusts. */
export interface ControlEvent extends TrailEvent {
  /** `cloudtrail.amazonaws.com`, `s3.amazonaws.com` … */
  readonly service: string;
  readonly operation: string;
  /** What was changed: a trail, bucket, key, rule, topic, queue or mapping; null where the record does not say. */
  readonly resource: string | null;
  /** Of a role whose trust policy was written; null for any other change. */
  readonly trust: TrustChange | null;
}

/** Any other call that a session of a watched role made: in the customer's trail, what was done with issued credentials. */
export interface Use extends TrailEvent {
  readonly service: string;
  readonly operation: string;
}

/** A record is judged, set aside for a stated reason, or unreadable for a stated reason. Nothing is dropped uncounted. */
export type Decoded =
  | { readonly kind: "call"; readonly call: Call; readonly doubt: Doubt | null }
  | { readonly kind: "control"; readonly event: ControlEvent; readonly doubt: Doubt | null }
  | { readonly kind: "use"; readonly use: Use; readonly doubt: Doubt | null }
  | { readonly kind: "skipped"; readonly reason: SkipReason }
  | { readonly kind: "rejected"; readonly reason: string };

export type SkipReason = "other event" | "insight event" | "own probe";

/** Why a record that is judged may have been misread. */
export type Doubt = "eventVersion of another major";
