import type { Asked, Call, Caller, CallerKind, HumanMarker } from "../trail/call.ts";

/**
 * The two copies of a cross-account call, joined field by field. The caller's account records who called; the
 * target's copy says `AWSAccount` and no more. Keeping whichever came first would lose the caller whenever the poor
 * copy wins the race. Each field is joined by itself and by an order of its own, so arrival decides nothing.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/shared-event-ID.html
 */
export function joinCalls(a: Call, b: Call): Call {
  return {
    key: first(a.key, b.key),
    eventIds: [...new Set([...a.eventIds, ...b.eventIds])].sort(),
    timeMs: Math.min(a.timeMs, b.timeMs),
    operation: first(a.operation, b.operation),
    outcome: first(a.outcome, b.outcome),
    errorCode: either(a.errorCode, b.errorCode),
    caller: joinCallers(a.caller, b.caller),
    target: {
      roleArn: either(a.target.roleArn, b.target.roleArn),
      account: either(a.target.account, b.target.account),
    },
    asked: a.asked === null || b.asked === null ? (a.asked ?? b.asked) : joinAsked(a.asked, b.asked),
    issued: eitherBy(({ digest, last4 }) => digest + last4, a.issued, b.issued),
    source: {
      address:
        a.source.address === ""
          ? b.source.address
          : b.source.address === ""
            ? a.source.address
            : first(a.source.address, b.source.address),
      vpcEndpointId: either(a.source.vpcEndpointId, b.source.vpcEndpointId),
    },
    userAgent: either(a.userAgent, b.userAgent),
    region: either(a.region, b.region),
    globalEndpoint: a.globalEndpoint || b.globalEndpoint,
    recipient: either(a.recipient, b.recipient),
    partial: a.partial && b.partial,
  };
}

/** The kind that tells more; of kinds that tell alike, the first by name. */
export function richerKind(a: CallerKind, b: CallerKind): CallerKind {
  const [mine, theirs] = [richness(a), richness(b)];
  return mine === theirs ? first(a, b) : mine > theirs ? a : b;
}

function richness(kind: CallerKind): number {
  return kind === "Unknown" ? 0 : kind === "AWSAccount" ? 1 : 2;
}

/** The text that is there; of two different ones, which honest copies never show, the first by code unit. */
export function either<T extends string | number>(a: T | null, b: T | null): T | null {
  return a === null ? b : b === null ? a : first(a, b);
}

function eitherBy<T>(order: (value: T) => string, a: T | null, b: T | null): T | null {
  if (a === null || b === null) return a ?? b;
  return order(a) <= order(b) ? a : b;
}

function first<T extends string | number>(a: T, b: T): T {
  return a <= b ? a : b;
}

function earlier(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.min(a, b);
}

function joinCallers(a: Caller, b: Caller): Caller {
  return {
    kind: richerKind(a.kind, b.kind),
    arn: either(a.arn, b.arn),
    principalId: either(a.principalId, b.principalId),
    account: either(a.account, b.account),
    roleArn: either(a.roleArn, b.roleArn),
    sessionName: either(a.sessionName, b.sessionName),
    userName: either(a.userName, b.userName),
    credential: eitherBy(({ digest, last4 }) => digest + last4, a.credential, b.credential),
    invokedBy: either(a.invokedBy, b.invokedBy),
    human: joinMarkers(a.human, b.human),
    sessionStartMs: earlier(a.sessionStartMs, b.sessionStartMs),
    machine: a.machine || b.machine,
    sourceIdentity: either(a.sourceIdentity, b.sourceIdentity),
  };
}

/** Strongest first, as a caller's markers are told. */
function joinMarkers(a: readonly HumanMarker[], b: readonly HumanMarker[]): readonly HumanMarker[] {
  const byMarker = new Map<string, HumanMarker>();
  for (const found of [...a, ...b].sort(strongestFirst)) {
    if (!byMarker.has(found.marker)) byMarker.set(found.marker, found);
  }
  return [...byMarker.values()];
}

const STRENGTHS: readonly HumanMarker["strength"][] = ["strong", "medium", "weak"];

function strongestFirst(a: HumanMarker, b: HumanMarker): number {
  return STRENGTHS.indexOf(a.strength) - STRENGTHS.indexOf(b.strength) || (a.marker < b.marker ? -1 : 1);
}

function joinAsked(a: Asked, b: Asked): Asked {
  return {
    sessionName: either(a.sessionName, b.sessionName),
    externalId: joinExternalIds(a.externalId, b.externalId),
    durationSeconds: either(a.durationSeconds, b.durationSeconds),
    sessionPolicy: a.sessionPolicy || b.sessionPolicy,
    sourceIdentity: either(a.sourceIdentity, b.sourceIdentity),
    mfaSerial: a.mfaSerial || b.mfaSerial,
  };
}

/** A digest tells more than knowing that there was an ID, which tells more than none. */
function joinExternalIds(a: Asked["externalId"], b: Asked["externalId"]): Asked["externalId"] {
  if (a === null || b === null) return a ?? b;
  if (a === "hidden" || b === "hidden") return a === "hidden" ? b : a;
  return eitherBy(({ digest, strength }) => digest + strength, a, b);
}
