import { promised } from "../memory.ts";
import type { Quarantine, Quarantined } from "./quarantine.ts";

/** A quarantine for as long as the process lives: trials, tests. */
export function memoryQuarantine(): Quarantine & { readonly kept: ReadonlyMap<string, Quarantined> } {
  const kept = new Map<string, Quarantined>();
  return {
    kept,
    keep: (item) =>
      promised(() => {
        kept.set(item.id, item);
      }),
  };
}
