import type { Call } from "../trail/call.ts";
import type { Place } from "../ranges/place.ts";
import type { Tenancy } from "../tenants/tenant.ts";
import type { OutboundRole } from "./vendor.ts";

/** A call that concerns the vendor's outbound roles, held against the vendor's own lists. */
export interface Sighting {
  readonly call: Call;
  /**
   * `entry`: somebody assumed an outbound role (hop 1). `crossing`: a vendor's principal assumed a role in another
   * account (hop 2).
   */
  readonly hop: "entry" | "crossing";
  /** The outbound role entered, or the one that crossed; null for any other principal of the vendor. */
  readonly role: OutboundRole | null;
  readonly place: Place;
  /** What the registry held for the target at the time of the call; null for an entry or without a registry. */
  readonly tenancy: Tenancy | null;
}
