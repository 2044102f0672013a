import { withoutPath } from "../trail/arn.ts";
import type { Call, CallerKind } from "../trail/call.ts";
import { placeOf, type Place } from "../ranges/place.ts";
import type { Tenancy } from "../tenants/tenant.ts";
import type { OutboundRole, Vendor } from "./vendor.ts";

/** A call that concerns the vendor's outbound roles, held against the vendor's own lists. */
export interface Sighting {
  readonly call: Call;
  /**
   * `entry`: somebody assumed an outbound role (hop 1). `crossing`: a principal of the vendor's assumed a role in
   * another account (hop 2).
   */
  readonly hop: "entry" | "crossing";
  /** The outbound role entered, or the one that crossed; null for any other principal of the vendor. */
  readonly role: OutboundRole | null;
  readonly place: Place;
  /** What the registry held for the target at the time of the call; null for an entry, or without a registry. */
  readonly tenancy: Tenancy | null;
}

/** Why a call is none of the vendor's outbound business: counted, never judged. */
export type Elsewhere = "aws service" | "another role";

/** Places a call, or says why it is not the outbound roles' business. */
export function sight(call: Call, vendor: Vendor): Sighting | Elsewhere {
  const { caller, target } = call;
  if (caller.kind === "AWSService") return "aws service";

  const entered = target.roleArn === null ? undefined : vendor.outboundRoles.get(withoutPath(target.roleArn));
  if (entered !== undefined) return sighting(call, "entry", entered, null, vendor);

  const role = caller.roleArn === null ? undefined : vendor.outboundRoles.get(withoutPath(caller.roleArn));
  if (target.account === null ? role === undefined : !crosses(call, role !== undefined, vendor)) return "another role";
  const tenancy = vendor.registry?.tenancyOf(target.roleArn, target.account, call.timeMs) ?? null;
  return sighting(call, "crossing", role ?? null, tenancy, vendor);
}

function sighting(
  call: Call,
  hop: Sighting["hop"],
  role: OutboundRole | null,
  tenancy: Tenancy | null,
  vendor: Vendor,
): Sighting {
  return { call, hop, role, place: placeOf(call.source, vendor.whereabouts), tenancy };
}

/** They come from an identity provider straight into the role's account, and so from no principal of the vendor's. */
const FEDERATED: ReadonlySet<CallerKind> = new Set(["SAMLUser", "WebIdentityUser"]);

/**
 * Whether the call left the vendor's accounts for a customer's. A vendor's people assume roles in accounts of others
 * too; those that the registry has never heard of are their own affair, unless an outbound role went there.
 */
function crosses({ caller, target: { account } }: Call, byOutboundRole: boolean, vendor: Vendor): boolean {
  if (account === null || account === caller.account || vendor.accounts.has(account)) return false;
  if (FEDERATED.has(caller.kind)) return false;
  if (byOutboundRole) return true;
  if (vendor.accounts.size > 0 && (caller.account === null || !vendor.accounts.has(caller.account))) return false;
  return vendor.registry === null
    ? vendor.outboundRoles.size === 0 || caller.kind === "AWSAccount"
    : vendor.registry.knowsAccount(account);
}

/**
 * A refused call of a principal that is no outbound role: it tells of that principal, which is `unexpected-caller`'s, and
 * nothing of the roles that are watched. One who may do nothing and tries everything is one story, not one a detector.
 * A copy that does not name the caller waits for one that does: what it says alone must stay true when that comes.
 */
export function isStrangersRefusal({ call, hop, role }: Sighting, { outboundRoles }: Vendor): boolean {
  return hop === "crossing" && role === null && outboundRoles.size > 0 && call.outcome !== "allowed";
}

/**
 * Who is behind a caller, as far as the caller cannot choose it: the role's or user's unique id, the same in both
 * copies of a call. A role's session is its role: what follows the colon is the session's name.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
 */
export function principalOf({ caller }: Call): string {
  const id = caller.principalId;
  const role = id?.startsWith("AROA") === true ? id.split(":", 1)[0] : id;
  return role ?? caller.roleArn ?? caller.arn ?? caller.userName ?? caller.account ?? caller.kind;
}
