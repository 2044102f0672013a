import type { Detector, Finding } from "../detectors/detector.ts";

const DAY_MS = 86_400_000;

/** What makes two findings one alert. `version` is the detector's; `dayMs` any moment of the event's UTC day. */
export interface Identity extends Pick<Finding, "tenant" | "subject" | "dayMs"> {
  readonly detector: Detector["id"];
  readonly version: Detector["version"];
}

/** The identity as a JSON array, whose quoting keeps the parts apart whatever characters they hold. */
export function identityText({ detector, version, tenant, subject, dayMs }: Identity): string {
  return JSON.stringify([detector, version, tenant, subject, dayMs === null ? null : Math.floor(dayMs / DAY_MS)]);
}
