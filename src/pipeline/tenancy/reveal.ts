import type { Registration } from "../../tenants/tenant.ts";
import type { Desk } from "./desk.ts";

/** The ID, or why it is not shown. */
export type Revealed =
  { readonly externalId: string } | { readonly refused: "in use" | "off-boarded" | "not in the vault" };

/**
 * Whether an external ID may be shown: while its customer has yet to put it into the trust policy. Once a probe has seen it
 * enforced nobody needs to read it again, and who asks for it is given a new one.
 */
export function mayBeShown({ status, verifiedMs, externalIdSinceMs }: Registration): boolean {
  return status !== "offboarded" && (verifiedMs === null || (externalIdSinceMs ?? 0) > verifiedMs);
}

/** Shows an external ID, to whom it was made for. Whoever calls this has asked who is asking. */
export async function reveal(registration: Registration, { vault }: Desk): Promise<Revealed> {
  if (registration.status === "offboarded") return { refused: "off-boarded" };
  if (!mayBeShown(registration)) return { refused: "in use" };
  const externalId = registration.externalId === null ? null : await vault.reveal(registration.externalId);
  return externalId === null ? { refused: "not in the vault" } : { externalId };
}
