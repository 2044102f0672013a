/**
 * What was deleted when a customer left, signed by the vendor. It names nobody: who asks whether an account was among
 * them has its digest made with the vendor's key, and looks for that.
 */
export interface DeletionRecord extends Deleted {
  readonly schemaVersion: 1;
  /** `del-` and 32 hex digits: of whose it is and when they left, so that a purge that is run again writes the same. */
  readonly id: string;
  /** SHA-256 of the public key (SPKI, DER), in hex: which key verifies it. */
  readonly keyId: string;
  /** Ed25519 over `unsigned` as JSON, in base64. @see https://www.rfc-editor.org/rfc/rfc8032 */
  readonly signature: string;
}

/** What a deletion record tells. Times in ISO 8601, UTC. */
export interface Deleted {
  /** `hmac-sha256:<64 hex>` of the tenant's name and of each account, sorted. */
  readonly tenant: string;
  readonly accounts: readonly string[];
  /** When the last of them was off-boarded. */
  readonly offboarded: string;
  readonly deleted: string;
  /** How much of it there was, by where it was kept. */
  readonly removed: Readonly<Record<string, number>>;
}

/** What is signed, with its keys in this order: written as JSON without spaces, the record less its signature is the text. */
export function unsigned(record: Omit<DeletionRecord, "signature">): Omit<DeletionRecord, "signature"> {
  const { schemaVersion, id, tenant, accounts, offboarded, deleted, removed, keyId } = record;
  const counts = Object.fromEntries(Object.entries(removed).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { schemaVersion, id, tenant, accounts, offboarded, deleted, removed: counts, keyId };
}
