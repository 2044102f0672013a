import type { Registration } from "../../tenants/tenant.ts";
import type { Desk } from "./desk.ts";

/** An integration that the vendor had before, with the external ID that the customer's role demands. */
export interface Existing {
  readonly tenant: string;
  readonly account: string;
  readonly roleArn: string;
  readonly externalId: string;
  readonly region?: string | undefined;
}

/** `differs`: the registry has another ID for it. `taken`: another tenant holds the account. */
export interface Adopted {
  readonly account: string;
  readonly outcome: "adopted" | "already" | "differs" | "taken";
}

/**
 * Takes over integrations from before, whose IDs the vendor's own operator brings: into the vault in plain, into the
 * registry as digests. What is registered with that ID already is left as it is, but the ID is in the vault afterwards.
 */
export async function adopt(all: readonly Existing[], desk: Desk): Promise<readonly Adopted[]> {
  const { registrations, vault, digester } = desk;
  const held = new Map((await registrations.all()).map((one) => [one.registration.account, one]));
  const plans = all.map((existing) => {
    const digest = digester.externalId(existing.externalId);
    return { existing, digest, outcome: outcomeOf(existing, digest, held.get(existing.account)?.registration) };
  });
  const wanted = plans.filter(({ outcome }) => outcome === "adopted" || outcome === "already");
  if (wanted.length === 0) return plans.map(({ existing: { account }, outcome }) => ({ account, outcome }));
  await vault.keep(new Map(wanted.map(({ existing, digest }) => [digest, existing.externalId])));

  const adopted = wanted.filter(({ outcome }) => outcome === "adopted");
  const filled = adopted.flatMap(({ existing, digest }) => {
    const known = held.get(existing.account);
    return known === undefined ? [] : [{ held: known, next: { ...known.registration, externalId: digest } }];
  });
  if (filled.length > 0) await registrations.replace(filled);
  const added = adopted.filter(({ existing }) => !held.has(existing.account));
  await registrations.claim(added.map(({ existing, digest }) => registrationOf(existing, digest)));

  // What another did meanwhile is told as it is now.
  const after = new Map((await registrations.all()).map((one) => [one.registration.account, one.registration]));
  return plans.map(({ existing, digest, outcome }) => {
    const { account } = existing;
    const found = outcomeOf(existing, digest, after.get(account));
    return { account, outcome: outcome === "adopted" && found === "already" ? "adopted" : found };
  });
}

function outcomeOf(existing: Existing, digest: string, known: Registration | undefined): Adopted["outcome"] {
  if (known === undefined) return "adopted";
  if (known.tenant !== existing.tenant || known.status === "offboarded") return "taken";
  if (known.externalId === null) return "adopted";
  return known.externalId === digest ? "already" : "differs";
}

/** Since when it is a customer is not known, so calls of any time are judged by it. */
function registrationOf({ tenant, account, roleArn, region }: Existing, externalId: string): Registration {
  return {
    ...{ tenant, account, roleArn, externalId, region: region ?? null, status: "active" },
    ...{ previousExternalId: null, previousUntilMs: null, sinceMs: null, untilMs: null },
    ...{ feedTopicArn: null, forwardsTrail: false, externalIdSinceMs: null, verifiedMs: null },
  };
}
