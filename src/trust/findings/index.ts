import { externalId } from "./external-id.ts";
import { externalIdValues } from "./external-id-values.ts";
import type { Finder, Finding, Matter } from "./finding.ts";
import { mfa } from "./mfa.ts";
import { permissions } from "./permissions.ts";
import { principals } from "./principals.ts";
import { resourceGrants } from "./resource-grants.ts";
import { services } from "./services.ts";

export type { Finding, Severity } from "./finding.ts";

/** All families, in the order in which their findings are told; `external-id-shared` needs several roles to be seen. */
const FINDERS: readonly Finder[] = [
  externalId,
  externalIdValues,
  principals,
  mfa,
  services,
  resourceGrants,
  permissions,
];

/** Everything that is wrong with a role, family by family. */
export function findingsOf(matter: Matter): readonly Finding[] {
  return FINDERS.flatMap((finder) => finder(matter));
}
