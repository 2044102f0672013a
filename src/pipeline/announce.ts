import { growthOf } from "../alerts/growth.ts";
import type { Announcement, Outbox } from "../stores/outbox/outbox.ts";
import { alertOf } from "./alert-of.ts";
import type { Verdict } from "./judge.ts";
import type { Settings } from "./settings.ts";

/** What became of verdicts. */
export interface Announced {
  /** Alerts that are in the outbox now, whether or not they were before. */
  readonly announced: number;
  /** Alerts that are told to nobody, each for a reason of the configuration. */
  readonly suppressed: number;
}

/**
 * Puts what was found into the outbox. Everything about it is durable when this resolves; telling is another's work and
 * another's trouble. `late`: nothing but late calls led to these verdicts, and the alerts say so.
 */
export async function announce(
  verdicts: readonly Verdict[],
  settings: Settings,
  outbox: Outbox,
  { late = false }: { readonly late?: boolean } = {},
): Promise<Announced> {
  const alerts = verdicts.map((verdict) => alertOf(verdict, settings));
  const list = alerts
    .filter(({ suppressed }) => suppressed === null)
    .map((alert): Announcement => {
      const { id, severity } = alert;
      return { id, severity, reached: growthOf(alert), alert: late ? { ...alert, late: true } : alert };
    });
  if (list.length > 0) await outbox.announce(list);
  return { announced: list.length, suppressed: alerts.length - list.length };
}
