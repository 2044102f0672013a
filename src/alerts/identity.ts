import { createHash } from "node:crypto";
import type { Detector, Finding } from "../detectors/detector.ts";

const DAY_MS = 86_400_000;

/** What makes two alerts the same alert. `version` is the detector's; `dayMs` any moment of the event's UTC day. */
export interface AlertIdentity {
  readonly detector: Detector["id"];
  readonly version: Detector["version"];
  readonly tenant: Finding["tenant"];
  readonly subject: Finding["subject"];
  readonly dayMs: Finding["dayMs"];
}

/**
 * `dw-` and 32 hex digits: the first 128 bits of SHA-256 over the identity as a JSON array, whose quoting keeps parts
 * apart whatever characters they hold. No clock, no chance, no sequence: a replay names its alerts as the live run did.
 */
export function alertId({ detector, version, tenant, subject, dayMs }: AlertIdentity): string {
  const day = dayMs === null ? null : Math.floor(dayMs / DAY_MS);
  const identity = JSON.stringify([detector, version, tenant, subject, day]);
  return `dw-${createHash("sha256").update(identity).digest("hex").slice(0, 32)}`;
}
