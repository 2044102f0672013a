import { assessStrength } from "../trail/external-id.ts";
import type { Registration } from "./tenant.ts";

/** What may be the matter with an external ID. */
export const ID_FAULTS = ["weak", "sequential", "shared", "stale", "missing"] as const;
export type IdFault = (typeof ID_FAULTS)[number];

/** One account whose customer is to be told. Nothing in it says what the ID is. */
export interface IdFinding {
  readonly tenant: string;
  readonly account: string;
  readonly roleArn: string;
  /** Each with the reason in a few words; at least one. */
  readonly faults: ReadonlyMap<IdFault, string>;
}

/** A registration in force, and its ID in plain; null where the vault does not hold it. */
export interface AuditedId {
  readonly registration: Registration;
  readonly externalId: string | null;
}

export interface IdAuditOptions {
  readonly nowMs: number;
  /** An ID that is older is stale; null: none is. */
  readonly maxAgeMs: number | null;
}

/**
 * Judges the external IDs of all customers, beside each other: who has one that can be guessed, one that another account
 * has too, one that follows from another's, one that is too old, or none. Findings in the order of the list, and only of
 * those who have a fault.
 * @see https://www.praetorian.com/blog/aws-iam-assume-role-vulnerabilities/
 */
export function auditIds(all: readonly AuditedId[], { nowMs, maxAgeMs }: IdAuditOptions): readonly IdFinding[] {
  const holders = Map.groupBy(all, ({ registration }) => registration.externalId);
  const counted = countedIds(all.flatMap(({ externalId }) => externalId ?? []));
  return all.flatMap(({ registration, externalId }) => {
    const { tenant, account, roleArn } = registration;
    const faults = new Map<IdFault, string>();
    if (externalId !== null) {
      const { strength, why } = assessStrength(externalId);
      if (strength === "weak") faults.set("weak", why);
      if (counted.has(externalId)) faults.set("sequential", "it differs from others by a running number");
    }
    const others = (holders.get(registration.externalId) ?? []).filter((one) => one.registration.account !== account);
    if (registration.externalId === null) faults.set("missing", "no external ID is registered");
    else if (others.length > 0)
      faults.set(
        "shared",
        `${others.length === 1 ? "another account has" : `${others.length} other accounts have`} the same`,
      );
    const ageMs = nowMs - (registration.externalIdSinceMs ?? Number.POSITIVE_INFINITY);
    if (maxAgeMs !== null && ageMs > maxAgeMs) faults.set("stale", `it is ${Math.floor(ageMs / DAY_MS)} days old`);
    return faults.size === 0 ? [] : [{ tenant, account, roleArn, faults }];
  });
}

const DAY_MS = 86_400_000;
/** Two IDs may differ by a number alone by chance; three are a counter. */
const COUNTED_FROM = 3;

/** IDs that are alike but for one decimal number, which a counter could have made: who has one can tell the others. */
function countedIds(ids: readonly string[]): ReadonlySet<string> {
  const numbered = [...new Set(ids)].flatMap((id) =>
    [...id.matchAll(/\d+/g)].map(({ 0: digits, index }) => ({
      ...{ id, number: Number(digits) },
      rest: `${id.slice(0, index)}#${id.slice(index + digits.length)}`,
    })),
  );
  const series = [...Map.groupBy(numbered, ({ rest }) => rest).values()].filter(
    (alike) => alike.length >= COUNTED_FROM,
  );
  return new Set(series.filter(isSeries).flatMap((alike) => alike.map(({ id }) => id)));
}

/** Whether the numbers lie closer together than random ones of as many digits would. */
function isSeries(alike: readonly { readonly number: number }[]): boolean {
  const numbers = alike.map(({ number }) => number);
  return Math.max(...numbers) - Math.min(...numbers) < 100 * alike.length;
}
