import { growthOf } from "../alerts/growth.ts";
import { sampleOf } from "../alerts/suppression-sample.ts";
import type { Announcement, Outbox } from "../stores/outbox/outbox.ts";
import { alertOf } from "./alert-of.ts";
import type { Verdict } from "./judge.ts";
import type { Settings } from "./settings.ts";

/** What became of verdicts. */
export interface Announced {
  /** Alerts that are in the outbox now, whether or not they were before. */
  readonly announced: number;
  /** Alerts that are not told, each for a reason of the configuration, by detector. */
  readonly suppressed: Readonly<Record<string, number>>;
}

/**
 * Puts what was found into the outbox, and of what each suppression hides in a week the first alert, as a sample.
 * Everything about it is durable when this resolves; telling is another's work and another's trouble. `late`: nothing but
 * late calls led to these verdicts, and the alerts say so.
 */
export async function announce(
  verdicts: readonly Verdict[],
  settings: Settings,
  outbox: Outbox,
  { late = false }: { readonly late?: boolean } = {},
): Promise<Announced> {
  const alerts = verdicts.map((verdict) => alertOf(verdict, settings));
  const told = alerts.filter(({ suppressed }) => suppressed === null);
  const hidden = alerts.filter(({ suppressed }) => suppressed !== null);
  const list = [
    ...told.map((alert): Announcement => {
      const { id, severity } = alert;
      return { id, severity, reached: growthOf(alert), alert: late ? { ...alert, late: true } : alert };
    }),
    // A sample never grows: of all that reach the outbox under its id, the first one stays.
    ...hidden.flatMap((alert): Announcement[] => {
      const id = sampleOf(alert, settings.suppressions);
      return id === null ? [] : [{ id, severity: alert.severity, reached: 0, alert }];
    }),
  ];
  if (list.length > 0) await outbox.announce(list);
  const suppressed: Record<string, number> = {};
  for (const { detector } of hidden) suppressed[detector] = (suppressed[detector] ?? 0) + 1;
  return { announced: told.length, suppressed };
}
