import type { Alert } from "./alert.ts";
import { idOf } from "./identity.ts";
import { suppressionCovering, suppressionText, type Suppression } from "./suppress.ts";

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
/** Monday, 5 January 1970: weeks are those of ISO 8601. */
const FIRST_MONDAY_MS = 4 * DAY_MS;

/**
 * What the SOC is shown of a suppression: one alert a week, so that somebody sees what is being hidden. Answers the id
 * under which that sample is told, the same for everything that this suppression hides in the ISO week (UTC) in which
 * the alert was first seen; null for an alert that none of the suppressions covers.
 */
export function sampleOf(alert: Alert, suppressions: readonly Suppression[]): string | null {
  const suppression = suppressionCovering(alert, suppressions);
  if (suppression === null) return null;
  const week = Math.floor((Date.parse(alert.firstSeen) - FIRST_MONDAY_MS) / WEEK_MS);
  return idOf(JSON.stringify(["suppressed", suppressionText(suppression), suppression.untilMs, week]));
}
