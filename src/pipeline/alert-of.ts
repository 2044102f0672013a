import type { Alert } from "../alerts/alert.ts";
import { buildAlert } from "../alerts/build.ts";
import type { Verdict } from "./judge.ts";
import type { Settings } from "./settings.ts";

/** A verdict as the public alert. */
export function alertOf({ detector, identity, evidence }: Verdict, settings: Settings): Alert {
  const { vendor, severityOf, suppressions, product } = settings;
  const severity = severityOf(detector.id) ?? detector.severity;
  return buildAlert(detector, identity, evidence, { vendor, severity, suppressions, product });
}
