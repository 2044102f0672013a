import type { Registration } from "../../tenants/tenant.ts";
import { lineOf, OWN_FIELDS } from "../../tenants/write.ts";
import { revisionOf, type Held } from "./registrations.ts";

/** A line of the registry, and what it says. */
export interface Line {
  readonly text: string;
  readonly held: Held;
}

/** The registration as a line, with the vendor's own fields from the line that stood there before; null: none did. */
export function lineFor(registration: Registration, before: string | null): Line {
  const kept = before === null ? {} : (JSON.parse(before) as Record<string, unknown>);
  const foreign = Object.entries(kept).filter(([name]) => !OWN_FIELDS.has(name));
  const text = JSON.stringify({ ...lineOf(registration), ...Object.fromEntries(foreign) });
  return { text, held: { registration, revision: revisionOf(text) } };
}
