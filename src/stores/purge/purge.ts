import type { Names } from "../../memory/forget.ts";

/** How much was changed or removed, by what it was. */
export interface Purged {
  readonly cells: number;
  readonly alerts: number;
}

/**
 * Forgets who is named, in memory and in the outbox: what is about them alone goes, what is about others too stays without
 * them. May run beside those who work, and again: what it did is done.
 */
export type Purge = (names: Names) => Promise<Purged>;
