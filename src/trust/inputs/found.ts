import type { RoleFacts } from "../audit.ts";

/** A role's trust policy as an input holds it, not yet read. */
export interface TrustPolicy {
  readonly role: RoleFacts;
  /** Object, JSON text or URL-encoded JSON text. */
  readonly document: unknown;
  /** Where in the input it stands, such as `Roles[3]` or `line 4`; empty for all of it. */
  readonly where: string;
}

/** What an input holds: everything in it is in one of the three. */
export interface Found {
  readonly policies: readonly TrustPolicy[];
  /** Why something readable holds no trust policy → how many of it. */
  readonly skipped: ReadonlyMap<string, number>;
  /** What could not be read; fixed text and positions, never the input's own. */
  readonly rejected: readonly { readonly where: string; readonly reason: string }[];
}

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function textOr(value: unknown, otherwise: string | null): string | null {
  return typeof value === "string" && value !== "" ? value : otherwise;
}
