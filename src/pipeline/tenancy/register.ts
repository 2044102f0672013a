import type { Held } from "../../stores/registrations/registrations.ts";
import type { Registration } from "../../tenants/tenant.ts";
import type { Desk } from "./desk.ts";
import { makeId } from "./make-id.ts";

/** An account that a tenant wants entered. There is no place in it for an external ID. */
export interface Wanted {
  readonly account: string;
  /** A role that is there already; left out: the template's, under a name that is made up here. */
  readonly roleArn?: string;
  readonly region?: string;
}

/** What became of an account, in the order asked for. */
export type Registered =
  | { readonly account: string; readonly outcome: "registered" | "already"; readonly registration: Registration }
  /** Another tenant holds it, or held it and is not purged yet: nothing more is said of whom. */
  | { readonly account: string; readonly outcome: "taken" };

/**
 * Registers accounts for a tenant, each with an external ID of its own that is made here. One that this tenant has is
 * left as it is, so the same list may come again; one that another has is refused, and the SOC is told. The ID is in the
 * vault before the registration names it: a crash in between leaves a secret that nobody names, never a registration
 * whose ID is lost.
 */
export async function register(tenant: string, wanted: readonly Wanted[], desk: Desk): Promise<readonly Registered[]> {
  const { registrations, vault, digester } = desk;
  const known = await heldAmong(wanted, desk);
  const left = wanted.filter(({ account }) => !mayStay(known.get(account)));
  const made = new Map(left.map(({ account }) => [account, makeId(digester)]));
  if (made.size > 0) await vault.keep(new Map([...made.values()].map(({ digest, id }) => [digest, id])));

  const fresh = left.map((one) => registrationOf(tenant, one, made.get(one.account)?.digest ?? null, desk));
  const [back, first] = split(fresh, ({ account }) => isBack(known.get(account), tenant));
  const returning = back.flatMap((next) => {
    const held = known.get(next.account);
    return held === undefined ? [] : [{ held, next }];
  });
  if (returning.length > 0) await registrations.replace(returning);
  const claimed = first.length === 0 ? [] : await registrations.claim(first);
  const now = returning.length === 0 ? new Map<string, Held>() : await heldAmong(back, desk);
  const held = new Map([...known, ...claimed.map((one) => [one.registration.account, one] as const), ...now]);

  const mine = new Set([...held.values()].map(({ registration }) => registration.externalId));
  const spare = [...made.values()].filter(({ digest }) => !mine.has(digest));
  if (spare.length > 0) await vault.forget(spare.map(({ digest }) => digest));

  const answers = wanted.map(({ account }): Registered => {
    const registration = held.get(account)?.registration;
    if (registration?.tenant !== tenant || registration.status === "offboarded") return { account, outcome: "taken" };
    const isNew = made.get(account)?.digest === registration.externalId;
    return { account, outcome: isNew ? "registered" : "already", registration };
  });
  const taken = answers.filter(({ outcome }) => outcome === "taken");
  await desk.report(
    taken.map(({ account }) => ({
      ...{ kind: "account-claimed-twice" as const, timeMs: desk.now(), account, roleArn: null },
      tenant: held.get(account)?.registration.tenant ?? null,
      facts: { claimedBy: [tenant] },
    })),
  );
  return answers;
}

/** Somebody holds it: the same tenant has nothing to do, another has no claim. Its own former account it may have back. */
function mayStay(held: Held | undefined): boolean {
  return held !== undefined && held.registration.status !== "offboarded";
}

/** The tenant left with this account and comes again before it was purged. */
function isBack(held: Held | undefined, tenant: string): boolean {
  return held?.registration.status === "offboarded" && held.registration.tenant === tenant;
}

async function heldAmong(
  wanted: readonly { readonly account: string }[],
  { registrations }: Desk,
): Promise<Map<string, Held>> {
  const [only] = wanted;
  if (only === undefined) return new Map();
  const accounts = new Set(wanted.map(({ account }) => account));
  const held = accounts.size === 1 ? [await registrations.of(only.account)] : await registrations.all();
  const ours = held.filter((one) => one !== null).filter(({ registration }) => accounts.has(registration.account));
  return new Map(ours.map((one) => [one.registration.account, one]));
}

function registrationOf(
  tenant: string,
  { account, roleArn, region }: Wanted,
  externalId: string | null,
  { rolePrefix, partition, digester, now }: Desk,
): Registration {
  // As `template --tenant` names it: alike in all accounts of a customer, who deploys one template into all of them.
  const name = `${rolePrefix}-${digester.roleSuffix(tenant)}`;
  return {
    tenant,
    account,
    roleArn: roleArn ?? `arn:${partition}:iam::${account}:role/${name}`,
    externalId,
    previousExternalId: null,
    previousUntilMs: null,
    region: region ?? null,
    status: "onboarding",
    sinceMs: now(),
    untilMs: null,
    feedTopicArn: null,
    forwardsTrail: false,
    externalIdSinceMs: now(),
    verifiedMs: null,
  };
}

function split<T>(all: readonly T[], test: (one: T) => boolean): readonly [readonly T[], readonly T[]] {
  return [all.filter(test), all.filter((one) => !test(one))];
}
