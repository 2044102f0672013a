/**
 * What was deleted when a customer left, signed by the vendor. It names nobody: who asks whether an account was among
 * them has its digest made with the vendor's key, and looks for that.
 */
export interface DeletionRecord {
  readonly schemaVersion: 1;
  /** `del-` and 32 hex digits, of what it says. */
  readonly id: string;
  /** `hmac-sha256:<64 hex>` of the tenant's name, and of each account. */
  readonly tenant: string;
  readonly accounts: readonly string[];
  readonly offboarded: string;
  readonly deleted: string;
  /** How much of it there was, by where it was kept. */
  readonly removed: Readonly<Record<string, number>>;
  /** SHA-256 of the public key (SPKI, DER), in hex. */
  readonly keyId: string;
  /** Ed25519 over the canonical JSON of all the above; base64. */
  readonly signature: string;
}
