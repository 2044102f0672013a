import type * as z from "zod";
import { escapeText } from "../alerts/escape.ts";
import { offboard } from "../pipeline/tenancy/offboard.ts";
import { oneOf, ownOf, shown } from "./integrations.ts";
import { withoutIds } from "./log.ts";
import { isRefusal, refuse, type Refusal, type Reply } from "./problem.ts";
import type { Asked, OnboardingWorld } from "./route.ts";
import { USUALLY_LISTED, type listQuery, type listReply, type verifyReply } from "./schema.ts";

/** A page of the tenant's own, by id; `next` is the cursor of the page after. */
export async function list(
  { tenant, query }: Asked<unknown, z.infer<typeof listQuery>>,
  { desk }: OnboardingWorld,
): Promise<Reply> {
  const limit = Number(query.limit ?? USUALLY_LISTED);
  const after = query.cursor ?? "";
  const rest = [...(await ownOf(tenant, desk))].filter(([id]) => id > after).sort(([a], [b]) => (a < b ? -1 : 1));
  const page = rest.slice(0, limit);
  const body: z.infer<typeof listReply> = {
    integrations: page.map(([, registration]) => shown(registration, desk)),
    next: rest.length > page.length ? (page.at(-1)?.[0] ?? null) : null,
  };
  return { status: 200, body };
}

export async function read(
  { tenant, id }: Asked<unknown, unknown>,
  { desk }: OnboardingWorld,
): Promise<Reply | Refusal> {
  const registration = await oneOf(tenant, id, desk);
  return isRefusal(registration) ? registration : { status: 200, body: shown(registration, desk) };
}

/** Has the role tried, without its ID, with a wrong one and with the right one. */
export async function verify(
  { tenant, id }: Asked<unknown, unknown>,
  { desk, verify: tryRole }: OnboardingWorld,
): Promise<Reply | Refusal> {
  const registration = await oneOf(tenant, id, desk);
  if (isRefusal(registration)) return registration;
  if (registration.status === "offboarded") return refuse("integration-off-boarded");
  const { verdict, why } = await tryRole(registration);
  const after = await oneOf(tenant, id, desk);
  const integration = shown(isRefusal(after) ? registration : after, desk);
  const body: z.infer<typeof verifyReply> = {
    verdict,
    why: why === null ? null : escapeText(withoutIds(why)),
    integration,
  };
  return { status: 200, body };
}

const TRIES = 5;

/**
 * Ends an integration now; what is left of it goes when the vendor purges. Who asks again is answered as before, until
 * then.
 */
export async function end(
  { tenant, id }: Asked<unknown, unknown>,
  { desk }: OnboardingWorld,
): Promise<Reply | Refusal> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const registration = await oneOf(tenant, id, desk);
    if (isRefusal(registration)) return registration;
    if (registration.status === "offboarded") return { status: 202, body: shown(registration, desk) };
    const { account } = registration;
    await offboard((one) => one.account === account && one.tenant === tenant, desk);
  }
  throw new Error(`integration ${id} was changed by another at each of ${TRIES} tries`);
}
