import { createHash } from "node:crypto";
import type { Quarantined } from "../stores/quarantine/quarantine.ts";
import type { S3Object } from "../trail/envelopes/open.ts";
import type { Reading } from "./read.ts";

/** A message of which something, or all, can never be read; undefined where it was read. */
export function unreadableMessage(
  { id, body }: { readonly id: string; readonly body: string },
  reading: Reading,
): Quarantined | undefined {
  const found = faultsOf(reading) ?? (isEmpty(reading) ? { reason: "empty message", where: [] } : undefined);
  return found === undefined ? undefined : { id, ...found, body, object: null };
}

/** An object of which something can never be read, by reference: it lies in S3 already. Undefined where it was read. */
export function unreadableObject(object: S3Object, inside: Reading): Quarantined | undefined {
  const found = faultsOf(inside);
  return found === undefined ? undefined : quarantinedObject(object, found.reason, found.where);
}

/** Named by where it lies, so that every message about it comes to the same. */
export function quarantinedObject(object: S3Object, reason: string, where: readonly string[] = []): Quarantined {
  const { bucket, key } = object;
  const digest = createHash("sha256")
    .update(JSON.stringify([bucket, key]))
    .digest("hex");
  return { id: `object-${digest.slice(0, 32)}`, reason, where, body: null, object };
}

function faultsOf({ tally }: Reading): Pick<Quarantined, "reason" | "where"> | undefined {
  const [first] = tally.rejected;
  if (first === undefined) return undefined;
  const where = tally.rejected.map((fault) => `${fault.where}: ${fault.reason}`);
  return { reason: first.reason, where };
}

function isEmpty({ tally, objects }: Reading): boolean {
  return tally.records === 0 && tally.skipped.size === 0 && objects.length === 0;
}
