import { instantOf, type Alert } from "./alert.ts";

/** What a suppression may name: what the vendor's own lists say about a call, nothing that its caller may choose. */
export const SUPPRESSION_DIMENSIONS = ["tenant", "account", "roleArn", "workload"] as const;

/** Detectors that no configuration can silence: a person at the keyboard, and whoever blinds the watch itself. */
export const NEVER_SUPPRESSED: ReadonlySet<string> = new Set(["human-operator", "trail-tampering"]);

/** A known cause, with somebody who answers for it and an end. */
export interface Suppression {
  readonly detector: string;
  /** By names of `SUPPRESSION_DIMENSIONS`, each with the exact value that an alert must have. Empty: all of them. */
  readonly where: Readonly<Record<string, string>>;
  readonly reason: string;
  readonly owner: string;
  /** Epoch milliseconds; what was first seen at or after this moment is told. */
  readonly untilMs: number;
}

/** The little of an alert that decides whether it is suppressed; `firstMs` in epoch milliseconds. */
export type SuppressionFacts = Pick<Alert, "detector" | (typeof SUPPRESSION_DIMENSIONS)[number]> & {
  readonly firstMs: number;
};

/**
 * The first suppression that covers an alert, or null. A dimension of which the alert has none or several is null and
 * matches nothing: a sweep over two tenants is not hidden by what one of them announced. Suppression acts where alerts
 * are told, never where they are made: the alert is built, stored and counted all the same.
 */
export function suppressionOf(facts: SuppressionFacts, suppressions: readonly Suppression[]): Alert["suppressed"] {
  if (NEVER_SUPPRESSED.has(facts.detector)) return null;
  const found = suppressions.find(
    ({ detector, where, untilMs }) =>
      detector === facts.detector &&
      facts.firstMs < untilMs &&
      Object.entries(where).every(([name, value]) =>
        SUPPRESSION_DIMENSIONS.some((dimension) => dimension === name && facts[dimension] === value),
      ),
  );
  return found === undefined ? null : { reason: found.reason, owner: found.owner, until: instantOf(found.untilMs) };
}
