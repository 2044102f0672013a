import { DateTime } from "luxon";
import type { Registration } from "./tenant.ts";

/** A registration as the registry's line holds it, the inverse of `readTenants`; times in ISO 8601, UTC. */
export function lineOf(registration: Registration): Readonly<Record<string, unknown>> {
  const { previousUntilMs, sinceMs, untilMs, retired, externalIdSinceMs, verifiedMs, ...kept } = registration;
  return {
    tenant: kept.tenant,
    account: kept.account,
    roleArn: kept.roleArn,
    externalId: kept.externalId,
    previousExternalId: kept.previousExternalId,
    previousUntil: instant(previousUntilMs),
    region: kept.region,
    status: kept.status,
    since: instant(sinceMs),
    until: instant(untilMs),
    ...(kept.feedTopicArn !== null && { feedTopicArn: kept.feedTopicArn }),
    ...(kept.forwardsTrail && { forwardsTrail: true }),
    ...(retired !== undefined &&
      retired.length > 0 && {
        retired: retired.map(({ externalId, untilMs: endMs }) => ({ externalId, until: instant(endMs) })),
      }),
    ...(externalIdSinceMs !== null && { externalIdSince: instant(externalIdSinceMs) }),
    ...(verifiedMs !== null && { verified: instant(verifiedMs) }),
  };
}

/** The fields that a line of ours may have: what else stands in one is the vendor's own, and is left as it is. */
export const OWN_FIELDS: ReadonlySet<string> = new Set([
  ...["tenant", "account", "roleArn", "externalId", "previousExternalId", "previousUntil", "region", "status"],
  ...["since", "until", "feedTopicArn", "forwardsTrail", "retired", "externalIdSince", "verified"],
]);

function instant(ms: number | null): string | null {
  return ms === null ? null : DateTime.fromMillis(ms, { zone: "utc" }).toISO({ suppressMilliseconds: true });
}
