import type { Alert } from "../alerts/alert.ts";
import { buildAlert } from "../alerts/build.ts";
import { tenantFeed, type Channel } from "../channels/channel.ts";
import { SEVERITIES } from "../detectors/detector.ts";
import type { Cell, CellKey } from "../memory/cell.ts";
import type { Store } from "../stores/store.ts";
import type { Verdict } from "./judge.ts";
import type { Settings } from "./settings.ts";

/** Where alerts go: the SOC hears all, a tenant what concerns it. */
export interface Channels {
  readonly soc: readonly Channel[];
  /** The tenant's own feed; null where it has none. */
  readonly feedOf: (tenant: string) => Channel | null;
}

/** A verdict as the public alert. */
export function alertOf({ detector, identity, evidence }: Verdict, settings: Settings): Alert {
  const { vendor, severityOf, suppressions, product } = settings;
  const severity = severityOf(detector.id) ?? detector.severity;
  return buildAlert(detector, identity, evidence, { vendor, severity, suppressions, product });
}

interface Telling {
  readonly alert: Alert;
  readonly channel: Pick<Channel, "name"> & { readonly send: (alert: Alert) => Promise<void> };
  readonly markKey: CellKey;
  readonly mark: string;
}

/**
 * Tells the channels of new alerts, and again when an alert has grown fourfold or has spread from one customer to
 * others; worst first. What a channel was told is marked after it took the alert, so a crash in between repeats the
 * message, under the same id, and loses none. Tries every channel, then throws if any did not take its alerts: the messages behind them must come again.
 * Answers how many were sent.
 */
export async function notify(
  verdicts: readonly Verdict[],
  channels: Channels,
  settings: Settings,
  store: Store,
): Promise<number> {
  const alerts = verdicts.map((verdict) => alertOf(verdict, settings)).filter(({ suppressed }) => suppressed === null);
  alerts.sort((a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity));
  const tellings = alerts.flatMap((alert) => tellingsOf(alert, channels));
  if (tellings.length === 0) return 0;
  const told = await store.recall(tellings.map(({ markKey }) => markKey));
  const failures: unknown[] = [];
  let sent = 0;
  for (const { alert, channel, markKey, mark } of tellings) {
    if (hasMark(told.get(markKey), mark)) continue;
    try {
      await channel.send(alert);
      sent++;
      await store.merge(new Map([[markKey, { kind: "marks", value: new Set([mark]) }]]));
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) {
    throw new Error(`${failures.length} of ${tellings.length} notifications failed`, { cause: failures[0] });
  }
  return sent;
}

function tellingsOf(alert: Alert, { soc, feedOf }: Channels): readonly Telling[] {
  const feed = alert.tenant === null ? null : feedOf(alert.tenant);
  const all = [...soc, ...(feed === null || alert.tenant === null ? [] : [tenantFeed(alert.tenant, feed)])];
  return all.map((channel) => ({ alert, channel, markKey: `told/${alert.id}/${channel.name}`, mark: growth(alert) }));
}

/**
 * Powers of four of the number of calls: 1, 4, 16, 64 … are worth another word, what lies between is not. A second
 * customer is worth one at once: who read of the first would not look for it.
 */
function growth({ calls, tenant }: Alert): string {
  const fourfold = Math.floor(Math.log2(Math.max(1, calls)) / 2);
  return tenant === null ? String(fourfold) : `${fourfold} of one tenant`;
}

function hasMark(cell: Cell | undefined, mark: string): boolean {
  return cell?.kind === "marks" && cell.value.has(mark);
}
