import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from "node:crypto";
import { mistake } from "../../config/mistake.ts";
import { unsigned, type Deleted, type DeletionRecord } from "../../tenants/deletion.ts";

/** Signs what was deleted. */
export type Signer = (deleted: Deleted) => DeletionRecord;

const HINT = "make one with: openssl genpkey -algorithm ed25519 -outform DER | base64 -w0";

/** Signs with an Ed25519 key, given as PKCS#8 (DER). Throws a mistake for anything else. */
export function signerWith(pkcs8: Uint8Array): Signer {
  const key = privateKey(pkcs8);
  const spki = createPublicKey(key).export({ type: "spki", format: "der" });
  const keyId = createHash("sha256").update(spki).digest("hex");
  return (deleted) => {
    const { tenant, accounts, offboarded } = deleted;
    const about = createHash("sha256").update(JSON.stringify([tenant, accounts, offboarded]));
    const id = `del-${about.digest("hex").slice(0, 32)}`;
    const record = unsigned({ schemaVersion: 1, id, ...deleted, keyId });
    return { ...record, signature: sign(null, textOf(record), key).toString("base64") };
  };
}

/** Whether the record says what was signed, by the key whose public half this is (SPKI: PEM). */
export function isSigned(record: DeletionRecord, publicKeyPem: string): boolean {
  const { signature, ...signed } = record;
  return verify(null, textOf(unsigned(signed)), createPublicKey(publicKeyPem), Buffer.from(signature, "base64"));
}

function textOf(record: ReturnType<typeof unsigned>): Buffer {
  return Buffer.from(JSON.stringify(record));
}

function privateKey(pkcs8: Uint8Array): KeyObject {
  try {
    const key = createPrivateKey({ key: Buffer.from(pkcs8), type: "pkcs8", format: "der" });
    if (key.asymmetricKeyType === "ed25519") return key;
  } catch {
    // OpenSSL's own words are of no help to who pasted the wrong text, and may quote it.
  }
  throw mistake("the signing key is not an Ed25519 key in PKCS#8", HINT);
}
