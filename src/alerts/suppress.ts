import { instantOf, type Alert } from "./alert.ts";

/** What a suppression may name: what the vendor's own lists say about a call, nothing that its caller may choose. */
export const SUPPRESSION_DIMENSIONS = ["workload", "tenant", "account", "roleArn"] as const;

/**
 * Whom a call was made to. A role's ARN contains its account and an account belongs to one tenant, so however many of these
 * a suppression names, they are one dimension; the workload, which made the call, is the other.
 */
const TARGET_DIMENSIONS = ["tenant", "account", "roleArn"] as const;

/** Detectors that no configuration can silence: a person at the keyboard, and whoever blinds the watch itself. */
export const NEVER_SUPPRESSED: ReadonlySet<string> = new Set(["human-operator", "trail-tampering"]);

/** In milliseconds: a known cause that lasts longer is a change of the contract, and belongs into it. */
export const LONGEST_SUPPRESSION_MS = 30 * 86_400_000;

/** A known cause, with somebody who answers for it and an end. */
export interface Suppression {
  readonly detector: string;
  /** By names of `SUPPRESSION_DIMENSIONS`, each with the exact value that an alert must have. */
  readonly where: Readonly<Record<string, string>>;
  readonly reason: string;
  readonly owner: string;
  /** Epoch milliseconds; what was seen at or after this moment is told. */
  readonly untilMs: number;
}

/** The little of an alert that decides whether it is suppressed; times in epoch milliseconds. */
export type SuppressionFacts = Pick<Alert, "detector" | (typeof SUPPRESSION_DIMENSIONS)[number]> & {
  readonly firstMs: number;
  readonly lastMs: number;
};

/** Which of the two independent dimensions a suppression leaves open, and so would hide too much; null: neither. */
export function openDimension(where: Suppression["where"]): "workload" | "target" | null {
  if (where.workload === undefined) return "workload";
  return TARGET_DIMENSIONS.some((name) => where[name] !== undefined) ? null : "target";
}

/**
 * The first suppression that covers an alert, or null. A dimension of which the alert has none or several is null and
 * matches nothing: a sweep over two tenants is not hidden by what one of them announced. All of the alert's calls must lie
 * in the thirty days before the suppression's end, by their own time: evidence only grows, and whatever it grows by, an
 * alert may become told and never untold. Suppression acts where alerts are told, never where they are made: the alert is
 * built, stored and counted all the same.
 */
export function suppressionOf(facts: SuppressionFacts, suppressions: readonly Suppression[]): Suppression | null {
  if (NEVER_SUPPRESSED.has(facts.detector)) return null;
  const found = suppressions.find(
    ({ detector, where, untilMs }) =>
      detector === facts.detector &&
      facts.lastMs < untilMs &&
      facts.firstMs >= untilMs - LONGEST_SUPPRESSION_MS &&
      openDimension(where) === null &&
      Object.entries(where).every(([name, value]) =>
        SUPPRESSION_DIMENSIONS.some((dimension) => dimension === name && facts[dimension] === value),
      ),
  );
  return found ?? null;
}

/** The suppression that covers a finished alert, out of those it was built under. */
export function suppressionCovering(alert: Alert, suppressions: readonly Suppression[]): Suppression | null {
  const { firstSeen, lastSeen } = alert;
  return suppressionOf({ ...alert, firstMs: Date.parse(firstSeen), lastMs: Date.parse(lastSeen) }, suppressions);
}

/** As the alert tells of it. */
export function suppressedBy({ reason, owner, untilMs }: Suppression): NonNullable<Alert["suppressed"]> {
  return { reason, owner, until: instantOf(untilMs) };
}

/** A suppression in one line: `call-burst where tenant acme, workload scanner`. Values are the configuration's. */
export function suppressionText({ detector, where }: Suppression): string {
  const named = Object.entries(where).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${detector} where ${named.map(([name, value]) => `${name} ${value}`).join(", ")}`;
}
