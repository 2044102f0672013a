import type { Held } from "../../stores/registrations/registrations.ts";
import type { Registration, RetiredId } from "../../tenants/tenant.ts";
import type { Desk } from "./desk.ts";
import { makeId } from "./make-id.ts";

export interface RotateOptions {
  /** How long the old ID is accepted beside the new one; 0: it dies now, as after a leak. */
  readonly overlapMs: number;
  /** Ends an overlap that still runs, instead of refusing. */
  readonly force?: boolean;
}

/** What became of a rotation; `rotating`: an earlier one's overlap still runs. */
export type Rotated =
  | { readonly outcome: "rotated"; readonly registration: Registration }
  | { readonly outcome: "rotating" | "off-boarded"; readonly registration: Registration }
  | { readonly outcome: "gone" };

/** Of calls older than the earliest of these nobody asks which ID was right. */
const RETIRED_KEPT = 20;
const TRIES = 5;

/**
 * Gives an account a new external ID. The old one is known until the overlap's end, then retired: known for calls of its
 * time, and its secret forgotten (`retire.ts`). A role that was never seen to enforce its ID has nothing to overlap with.
 * Where another changes the registration meanwhile it is tried again from what that one made of it.
 */
export async function rotate(account: string, options: RotateOptions, desk: Desk): Promise<Rotated> {
  const { registrations, vault, digester } = desk;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const held = await registrations.of(account);
    if (held === null) return { outcome: "gone" };
    const { registration } = held;
    const { status, previousUntilMs } = registration;
    if (status === "offboarded") return { outcome: "off-boarded", registration };
    const isRotating = previousUntilMs !== null && previousUntilMs > desk.now();
    if (isRotating && options.force !== true) return { outcome: "rotating", registration };

    const { id, digest } = makeId(digester);
    await vault.keep(new Map([[digest, id]]));
    const next = withNewId(registration, digest, options.overlapMs, desk.now());
    const [done = false] = await registrations.replace([{ held, next }]);
    if (done) {
      await vault.forget(spent(held, next));
      return { outcome: "rotated", registration: next };
    }
    await vault.forget([digest]);
  }
  throw new Error(`account ${account} was changed by another at each of ${TRIES} tries: rotate it again`);
}

function withNewId(registration: Registration, digest: string, overlapMs: number, nowMs: number): Registration {
  const { externalId, previousExternalId, previousUntilMs, verifiedMs, retired = [] } = registration;
  const overlaps = overlapMs > 0 && verifiedMs !== null && externalId !== null;
  const ended: RetiredId[] = [
    ...retired,
    ...retiredNow(previousExternalId, Math.min(previousUntilMs ?? nowMs, nowMs)),
    ...(overlaps ? [] : retiredNow(externalId, nowMs)),
  ];
  return {
    ...registration,
    externalId: digest,
    externalIdSinceMs: nowMs,
    previousExternalId: overlaps ? externalId : null,
    previousUntilMs: overlaps ? nowMs + overlapMs : null,
    retired: ended.slice(-RETIRED_KEPT),
  };
}

function retiredNow(externalId: string | null, untilMs: number): RetiredId[] {
  return externalId === null ? [] : [{ externalId, untilMs }];
}

/** Digests that were accepted before and are no longer. */
export function spent({ registration }: Held, next: Registration): readonly string[] {
  const kept = new Set([next.externalId, next.previousExternalId]);
  return [registration.externalId, registration.previousExternalId].filter(
    (digest) => digest !== null && !kept.has(digest),
  ) as string[];
}
