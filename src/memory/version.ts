import { createHash } from "node:crypto";

/** Names a content: twelve hex digits of its SHA-256, by which alerts say what they were made under. */
export function versionOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}
