import { promised } from "../memory.ts";
import type { Vault } from "./vault.ts";

/** A vault for as long as the process lives: trials and tests. */
export function memoryVault(): Vault {
  const held = new Map<string, string>();
  return {
    keep: (secrets) =>
      promised(() => {
        for (const [digest, id] of secrets) held.set(digest, id);
      }),
    reveal: (digest) => promised(() => held.get(digest) ?? null),
    forget: (digests) =>
      promised(() => {
        for (const digest of digests) held.delete(digest);
      }),
    digests: () => promised(() => [...held.keys()]),
    close: () => promised(() => undefined),
  };
}
