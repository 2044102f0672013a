import { SEVERITIES } from "../detectors/detector.ts";
import type { Alert } from "./alert.ts";

/**
 * What two configurations make of the same events where it is not the same: an alert that one of them makes and the other
 * does not, or one that both make with another severity, or that one of them suppresses.
 */
export type Difference =
  | { readonly under: "config" | "against"; readonly alert: Alert }
  | {
      readonly under: "both";
      /** As `config` makes it. */
      readonly alert: Alert;
      readonly against: Alert;
    };

/**
 * Joins two lists of alerts by id and answers what differs: the worst first, then by time. Of alerts that both make,
 * severity and suppression are compared, and not the evidence.
 */
export function differencesOf(config: readonly Alert[], against: readonly Alert[]): readonly Difference[] {
  const others = new Map(against.map((alert) => [alert.id, alert]));
  const own = new Set(config.map(({ id }) => id));
  const differences: Difference[] = [];
  for (const alert of config) {
    const other = others.get(alert.id);
    if (other === undefined) differences.push({ under: "config", alert });
    else if (isToldOtherwise(alert, other)) differences.push({ under: "both", alert, against: other });
  }
  for (const alert of against) if (!own.has(alert.id)) differences.push({ under: "against", alert });
  return differences.sort(worstFirst);
}

function isToldOtherwise(a: Alert, b: Alert): boolean {
  return a.severity !== b.severity || (a.suppressed === null) !== (b.suppressed === null);
}

/** The higher severity of the two, of what both make. */
export function severityOf(difference: Difference): Alert["severity"] {
  const { severity } = difference.alert;
  if (difference.under !== "both") return severity;
  const other = difference.against.severity;
  return SEVERITIES.indexOf(other) > SEVERITIES.indexOf(severity) ? other : severity;
}

function worstFirst(a: Difference, b: Difference): number {
  return (
    SEVERITIES.indexOf(severityOf(b)) - SEVERITIES.indexOf(severityOf(a)) ||
    Date.parse(a.alert.firstSeen) - Date.parse(b.alert.firstSeen) ||
    (a.alert.id < b.alert.id ? -1 : 1)
  );
}
