import { withoutPath } from "../trail/arn.ts";
import type { TrailEvent } from "../trail/call.ts";
import { placeOf, type Place } from "../ranges/place.ts";
import type { Vendor } from "./vendor.ts";

/** Something that was done with a session of a watched role, and from where. */
export interface SightedUse {
  readonly event: TrailEvent;
  readonly place: Place;
}

/** Whether the vendor answers for a role's sessions, whatever they call: an outbound role, or a customer's that it enters. */
export function isWatched(roleArn: string, { outboundRoles, registry }: Vendor): boolean {
  const bare = withoutPath(roleArn);
  return outboundRoles.has(bare) || registry?.knowsRole(bare) === true;
}

/**
 * Places a use of a watched role's session, or undefined where it is none. What AWS does on a session's behalf
 * (`invokedBy`, a service's name or `AWS Internal` in the place of an address) says nothing of where the session is.
 */
export function sightUse(
  event: TrailEvent,
  vendor: Vendor,
  place: Place = placeOf(event.source, vendor.whereabouts),
): SightedUse | undefined {
  const { roleArn, credential, invokedBy } = event.caller;
  if (roleArn === null || credential === null || invokedBy !== null) return undefined;
  if (place.kind === "service" || place.kind === "aws-internal") return undefined;
  return isWatched(roleArn, vendor) ? { event, place } : undefined;
}
