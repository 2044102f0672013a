import { externalId } from "./external-id.ts";
import type { Finder, Finding, Matter } from "./finding.ts";

export type { Finding, Severity } from "./finding.ts";

/** All families, in the order in which their findings are told. */
export const FINDERS: readonly Finder[] = [externalId];

/** Everything that is wrong with a role, family by family. */
export function findingsOf(matter: Matter): readonly Finding[] {
  return FINDERS.flatMap((finder) => finder(matter));
}
