import { createHash } from "node:crypto";
import type { S3Object } from "../../trail/envelopes/opened.ts";

/** Something that can never be read, and why. */
export interface Quarantined {
  /** The same for every delivery of the same thing, so that keeping it again changes nothing. */
  readonly id: string;
  /** Fixed text, never a piece of what could not be read. */
  readonly reason: string;
  /** Places inside it, where it is not unreadable as a whole. */
  readonly where: readonly string[];
  /** As it came; null where it lies in S3 and is only pointed at. */
  readonly body: string | null;
  /** Where it lies; null for what came in a message. */
  readonly object: S3Object | null;
}

/**
 * Where the unreadable waits for a person, so that it holds nobody up and is not lost. The body is kept as it came, never
 * parsed or written anew: what could not be read may break whoever tries again. It may hold secrets, so it is nobody's
 * to read but the operator's.
 */
export interface Quarantine {
  /** Durable when it resolves; what has the same id is written over. */
  readonly keep: (item: Quarantined) => Promise<void>;
}

/** A file name for an id, whatever is in it: plain ids stay as they are, others get a digest that keeps them apart. */
export function fileNameOf(id: string): string {
  if (/^[A-Za-z0-9_-]{1,100}$/.test(id)) return id;
  const digest = createHash("sha256").update(id).digest("hex").slice(0, 16);
  return `${id.replace(/[^A-Za-z0-9_-]/g, "_").slice(0, 60)}-${digest}`;
}

/** What is written beside a body: everything but the body itself. */
export function noteOf({ id, reason, where, body, object }: Quarantined, bodyName: string): string {
  return `${JSON.stringify({ id, reason, where, object, body: body === null ? null : bodyName }, null, 2)}\n`;
}
