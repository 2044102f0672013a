import { NEVER_SUPPRESSED } from "../alerts/suppress.ts";
import type { Severity } from "../detectors/detector.ts";
import type { Mistake } from "./mistake.ts";
import { nearest } from "./nearest.ts";
import type { Configuration } from "./schema.ts";

/** What the configuration says about one detector. */
export interface DetectorSetting {
  /** Absent: the detector's own. */
  readonly severity?: Severity;
  readonly enabled: boolean;
}

/** Makes the mistake for a key, with its place in the file. */
export type Refuse = (path: readonly PropertyKey[], sentence: string, hint?: string, cause?: unknown) => Mistake;

/** What is configured, by detector. Throws a mistake where one is not known, or is off that must not be. */
export function detectorSettings(
  detectors: Configuration["detectors"],
  detectorIds: readonly string[],
  refuse: Refuse,
): ReadonlyMap<string, DetectorSetting> {
  const settings = new Map<string, DetectorSetting>();
  for (const [id, { severity, enabled }] of Object.entries(detectors)) {
    if (!detectorIds.includes(id)) throw refuse(["detectors", id], "no such detector", knownDetector(id, detectorIds));
    if (!enabled && NEVER_SUPPRESSED.has(id)) throw refuse(["detectors", id, "enabled"], `${id} is never turned off`);
    settings.set(id, severity === undefined ? { enabled } : { severity, enabled });
  }
  return settings;
}

/** A hint at the detector that was meant. */
export function knownDetector(id: string, detectorIds: readonly string[]): string {
  const meant = nearest(id, detectorIds);
  return meant === null ? `known are: ${[...detectorIds].sort().join(", ")}` : `did you mean "${meant}"?`;
}
