import { createHash } from "node:crypto";
import { identityText, type Identity } from "../engine/identity.ts";

/**
 * `dw-` and 32 hex digits: the first 128 bits of SHA-256 over the identity's text. No clock, no chance, no sequence: a
 * replay names its alerts as the live run did.
 */
export function alertId(identity: Identity): string {
  return idOf(identityText(identity));
}

/** The id of what an identity's text names. */
export function idOf(text: string): string {
  return `dw-${createHash("sha256").update(text).digest("hex").slice(0, 32)}`;
}
