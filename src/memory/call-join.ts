import { CALLER_KINDS, type Asked, type Call, type Caller, type CallerKind } from "../trail/call.ts";

/**
 * The two copies of a cross-account call, joined field by field. The caller's account records who called; the
 * target's copy says `AWSAccount` and no more. Keeping whichever came first would lose the caller whenever the poor
 * copy wins the race, so each field keeps the better of both, by an order that does not depend on arrival.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/shared-event-ID.html
 */
export function joinCalls(a: Call, b: Call): Call {
  const [rich, poor] = compareCalls(a, b) <= 0 ? [a, b] : [b, a];
  return {
    ...rich,
    eventIds: [...new Set([...a.eventIds, ...b.eventIds])].sort(),
    timeMs: Math.min(a.timeMs, b.timeMs),
    caller: joinCallers(rich.caller, poor.caller),
    target: {
      roleArn: rich.target.roleArn ?? poor.target.roleArn,
      account: rich.target.account ?? poor.target.account,
    },
    asked: joinAsked(rich.asked, poor.asked),
    issued: rich.issued ?? poor.issued,
    source: {
      address: rich.source.address === "" ? poor.source.address : rich.source.address,
      vpcEndpointId: rich.source.vpcEndpointId ?? poor.source.vpcEndpointId,
    },
    userAgent: rich.userAgent ?? poor.userAgent,
    region: rich.region ?? poor.region,
    globalEndpoint: a.globalEndpoint || b.globalEndpoint,
    recipient: rich.recipient ?? poor.recipient,
    partial: a.partial && b.partial,
  };
}

/** How much each kind of caller tells: the order in which two copies' identities are preferred. */
const RICHNESS: Readonly<Record<CallerKind, number>> = Object.fromEntries(
  CALLER_KINDS.map((kind) => [kind, kind === "Unknown" ? 0 : kind === "AWSAccount" ? 1 : 2]),
) as Record<CallerKind, number>;

/** Whether `a` tells more than `b`; of equals, the one first in the alphabet, so that order of arrival decides nothing. */
export function richer(a: CallerKind, b: CallerKind): boolean {
  return RICHNESS[a] === RICHNESS[b] ? a <= b : RICHNESS[a] > RICHNESS[b];
}

function compareCalls(a: Call, b: Call): number {
  if (a.caller.kind !== b.caller.kind) return richer(a.caller.kind, b.caller.kind) ? -1 : 1;
  const [textA, textB] = [JSON.stringify(a), JSON.stringify(b)];
  return textA < textB ? -1 : textA > textB ? 1 : 0;
}

function joinCallers(rich: Caller, poor: Caller): Caller {
  return {
    kind: rich.kind,
    arn: rich.arn ?? poor.arn,
    principalId: rich.principalId ?? poor.principalId,
    account: rich.account ?? poor.account,
    roleArn: rich.roleArn ?? poor.roleArn,
    sessionName: rich.sessionName ?? poor.sessionName,
    userName: rich.userName ?? poor.userName,
    credential: rich.credential ?? poor.credential,
    invokedBy: rich.invokedBy ?? poor.invokedBy,
    human: [
      ...new Map([...rich.human, ...poor.human].map((found) => [found.marker, found])).values(),
    ].sort((a, b) => (a.marker < b.marker ? -1 : 1)),
    machine: rich.machine || poor.machine,
    sourceIdentity: rich.sourceIdentity ?? poor.sourceIdentity,
  };
}

function joinAsked(rich: Asked | null, poor: Asked | null): Asked | null {
  if (rich === null || poor === null) return rich ?? poor;
  return {
    sessionName: rich.sessionName ?? poor.sessionName,
    externalId: rich.externalId ?? poor.externalId,
    durationSeconds: rich.durationSeconds ?? poor.durationSeconds,
    sessionPolicy: rich.sessionPolicy || poor.sessionPolicy,
    sourceIdentity: rich.sourceIdentity ?? poor.sourceIdentity,
    mfaSerial: rich.mfaSerial || poor.mfaSerial,
  };
}
