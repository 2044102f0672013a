import { DateTime } from "luxon";
import type * as z from "zod";
import type { Desk } from "../pipeline/tenancy/desk.ts";
import { mayBeShown } from "../pipeline/tenancy/reveal.ts";
import type { Registration } from "../tenants/tenant.ts";
import { refuse, type Refusal } from "./problem.ts";
import type { integration } from "./schema.ts";

/**
 * A tenant's registrations by the ids that the API calls them. Only the tenant's own are ever looked at, so what is another's
 * is no different from what does not exist: in what is answered, and in what it costs to find out.
 */
export async function ownOf(
  tenant: string,
  { registrations, digester }: Pick<Desk, "registrations" | "digester">,
): Promise<ReadonlyMap<string, Registration>> {
  const own = await registrations.ofTenant(tenant);
  return new Map(own.map(({ registration }) => [digester.integration(registration.account), registration]));
}

/**
 * The tenant's integration of this id. What was registered this moment may not be among the tenant's own yet: before it is
 * said that there is none, everything is looked through.
 */
export async function oneOf(tenant: string, id: string, desk: Desk): Promise<Registration | Refusal> {
  const own = (await ownOf(tenant, desk)).get(id);
  if (own !== undefined) return own;
  const all = (await desk.registrations.all()).map(({ registration }) => registration);
  const found = all.find((one) => one.tenant === tenant && desk.digester.integration(one.account) === id);
  return found ?? refuse("not-found");
}

/** An integration as its tenant sees it: nothing of the external ID but its dates, nothing of the vendor's. */
export function shown(registration: Registration, { digester, now }: Desk): z.infer<typeof integration> {
  const { account, roleArn, region, status, sinceMs, untilMs, verifiedMs, externalIdSinceMs } = registration;
  const { previousUntilMs } = registration;
  return {
    id: digester.integration(account),
    ...{ account, roleArn, region, status },
    since: instant(sinceMs),
    until: instant(untilMs),
    verified: instant(verifiedMs),
    externalIdSince: instant(externalIdSinceMs),
    externalIdRevealable: registration.externalId !== null && mayBeShown(registration),
    previousExternalIdUntil: instant(previousUntilMs !== null && previousUntilMs > now() ? previousUntilMs : null),
  };
}

function instant(ms: number | null): string | null {
  return ms === null ? null : DateTime.fromMillis(ms, { zone: "utc" }).toISO();
}
