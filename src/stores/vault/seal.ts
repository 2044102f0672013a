import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

/** Seals texts, each for one name: opened under another name, or changed, it is refused. */
export interface Seal {
  readonly close: (name: string, text: string) => Buffer;
  /** Throws where it was sealed with another key or for another name, or is damaged. */
  readonly open: (name: string, sealed: Uint8Array) => string;
  /** Tells keys apart and says nothing of them: 16 hex digits. */
  readonly keyId: string;
}

const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * AES-256-GCM with a random nonce for each text, under a key derived from the vendor's. With 96 random bits a key is good
 * for 2^32 texts; a vault holds some ten thousand.
 * @see https://csrc.nist.gov/pubs/sp/800/38/d/final
 * @see https://www.rfc-editor.org/rfc/rfc5869
 */
export function sealWith(key: Uint8Array): Seal {
  const derived = (purpose: string): Buffer =>
    Buffer.from(hkdfSync("sha256", key, "", `deputywatch vault ${purpose}`, 32));
  const sealing = derived("seal");
  return {
    keyId: derived("key id").toString("hex").slice(0, 16),
    close: (name, text) => {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv("aes-256-gcm", sealing, iv).setAAD(Buffer.from(name));
      return Buffer.concat([iv, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
    },
    open: (name, sealed) => {
      const iv = sealed.subarray(0, IV_BYTES);
      const decipher = createDecipheriv("aes-256-gcm", sealing, iv, { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(name)).setAuthTag(sealed.subarray(-TAG_BYTES));
      const text = decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES));
      return Buffer.concat([text, decipher.final()]).toString("utf8");
    },
  };
}
