import { escapeText } from "../alerts/escape.ts";
import type { Registrations } from "../stores/registrations/registrations.ts";
import { accountId, tenantName } from "../tenants/read.ts";
import type { Authorizer } from "./event.ts";
import { isRefusal, refuse, type Refusal } from "./problem.ts";

/** What a token must allow. Tokens without scopes are not asked. */
export type Scope = "integrations:read" | "integrations:write";

/** On whose behalf a request is made: of nothing that is in the request itself. */
export interface Caller {
  readonly tenant: string;
  /** Null: the authorizer knows no scopes. */
  readonly scopes: ReadonlySet<string> | null;
}

/**
 * The tenant, from what the authorizer found: a claim of the token, or the account that signed. Of an account only a
 * verified integration counts: whose role was seen to demand the tenant's ID is the tenant's own, whereas anybody may
 * have claimed an account that is still to be verified, and its owner would then work for the claimant.
 */
export async function callerOf(
  authorizer: Authorizer | undefined,
  { registrations, claim }: { readonly registrations: Registrations; readonly claim: string },
): Promise<Caller | Refusal> {
  if (authorizer?.jwt !== undefined) {
    const { claims, scopes } = authorizer.jwt;
    const tenant = tenantFrom(claims[claim]);
    return isRefusal(tenant) ? tenant : { ...tenant, scopes: scopesOf(claims, scopes ?? null) };
  }
  if (authorizer?.iam === undefined) return UNAUTHENTICATED;
  const account = accountId.safeParse(authorizer.iam.accountId);
  const held = account.success ? await registrations.of(account.data) : null;
  if (held?.registration.status !== "active" || held.registration.verifiedMs === null) return refuse("not-a-customer");
  return { tenant: held.registration.tenant, scopes: null };
}

const UNAUTHENTICATED = refuse("unauthenticated", { headers: { "www-authenticate": "Bearer" } });

/** A name that could not stand in the registry, or would hide in an alert, is nobody's. */
function tenantFrom(claimed: unknown): { readonly tenant: string } | Refusal {
  const { data: tenant } = tenantName.safeParse(claimed);
  return tenant === undefined || escapeText(tenant) !== tenant ? UNAUTHENTICATED : { tenant };
}

/**
 * Of the claims that tokens have them in; API Gateway writes a list as `[a b]`.
 * @see https://www.rfc-editor.org/rfc/rfc8693#section-4.2
 */
function scopesOf(
  claims: Readonly<Record<string, unknown>>,
  granted: readonly string[] | null,
): ReadonlySet<string> | null {
  const claimed = [claims.scope, claims.scp].filter((scope) => typeof scope === "string");
  if (claimed.length === 0 && granted === null) return null;
  return new Set([...claimed.flatMap((scope) => scope.replace(/^\[|\]$/g, "").split(" ")), ...(granted ?? [])]);
}

/** Undefined where the caller may. */
export function refusalOf({ scopes }: Caller, scope: Scope): Refusal | undefined {
  if (scopes === null || scopes.has(scope)) return undefined;
  return refuse("scope-missing", {
    detail: `needs the scope ${scope}`,
    headers: { "www-authenticate": `Bearer error="insufficient_scope", scope="${scope}"` },
  });
}
