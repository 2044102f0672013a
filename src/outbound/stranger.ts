import type { Call } from "../trail/call.ts";
import { sight } from "./sighting.ts";
import type { Vendor } from "./vendor.ts";

/**
 * Whether a call went where the registry knows nobody, to a role that is not in force, or with an external ID that is not
 * the role's: it would be an alert by the registry as it is, and by a newer one perhaps be a customer's first call.
 */
export function isStranger(call: Call, vendor: Vendor): boolean {
  const { registry, digestsComparable } = vendor;
  const { roleArn, account } = call.target;
  if (registry === null || roleArn === null) return false;
  const tenancy = registry.tenancyOf(roleArn, account, call.timeMs);
  if (tenancy.kind === "registered") {
    const { role } = tenancy;
    const seen = call.asked?.externalId ?? null;
    if (!digestsComparable || seen === null || seen === "hidden" || role.externalId === null) return false;
    if (registry.holdersOf(seen.digest, call.timeMs).some((holder) => holder.roleArn === role.roleArn)) return false;
  }
  const sighting = sight(call, vendor);
  return typeof sighting !== "string" && sighting.hop === "crossing";
}
