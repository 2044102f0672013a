import { accountsNamed, callersToTry, STRANGER } from "../callers.ts";
import { coversCaller } from "../evaluate.ts";
import { NO } from "../tri.ts";
import type { Finder } from "./finding.ts";

/**
 * `direct-resource-grant`: a bucket's, key's or queue's own policy lets the vendor's account in. There an external ID
 * cannot be asked for; the vendor should assume a role of the customer's, and that role read the resource.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_identity-vs-resource.html
 */
export const resourceGrants: Finder = ({ policy, own, vendorAccounts, vendorRoles, uniqueIds }) => {
  if (!policy.ofResource) return [];
  const { statements } = policy;
  const known = { partition: "aws", roles: vendorRoles, uniqueIds };
  const foreign = vendorAccounts.length > 0 ? vendorAccounts : [...accountsNamed(statements), STRANGER];
  const callers = foreign
    .filter((account) => account !== own)
    .flatMap((account) => [...callersToTry(account, statements, known).values()]);
  return statements
    .filter(({ effect }) => effect === "Allow")
    .filter((statement) => callers.some((caller) => coversCaller(statement, caller, uniqueIds) !== NO))
    .map(({ index }) => ({
      id: "direct-resource-grant",
      severity: "high" as const,
      statement: index,
      why: `The resource's own policy lets ${vendorAccounts.length > 0 ? "the vendor's account" : "another account"} in, and there no external ID can be asked for.`,
      fix: "Take the account out of this policy; give a role of this account the permission, and demand the external ID in that role's trust policy.",
    }));
};
