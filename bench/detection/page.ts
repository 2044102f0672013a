import type { Alert } from "../../src/alerts/alert.ts";
import { DETECTORS } from "../../src/detectors/index.ts";
import type { Label } from "../../src/simulate/label.ts";
import { DAY_MS } from "../../src/simulate/time.ts";

/** What somebody is woken by: one subject of one rule on one UTC day. */
export interface Page {
  /** Id of the detector, or name of the rule. */
  readonly rule: string;
  /** From 0: the day of the estate. */
  readonly day: number;
  /** Ids of the attacks that reading it finds; of none, and it is a false page. */
  readonly attacks: readonly string[];
  /** For whoever tunes. */
  readonly about: string;
}

/** What a page is held against. */
export interface Truth {
  readonly startMs: number;
  readonly labels: readonly Label[];
  /** `eventID` → id of the attack that it is of. */
  readonly attackOf: ReadonlyMap<string, string>;
  /** Id of an attack → the accounts that it went to. */
  readonly accountsOf: ReadonlyMap<string, ReadonlySet<string>>;
}

const BY_WINDOW = new Set(DETECTORS.filter(({ judges }) => judges === "window").map(({ id }) => id));

/**
 * An alert as a page, on the day of its first event. It finds an attack when it names an event of it. What is judged over
 * a window names a few of very many calls, and some of those are there by chance: such a page finds an attack only if its
 * detector is among those that are right about it, and then also where it names none of the attack's events but is about
 * the attack's outbound role, at a time of the attack, and about accounts that the attack went to.
 */
export function pageOf(alert: Alert, truth: Truth): Page {
  const { detector } = alert;
  const named = new Set(alert.eventIds.flatMap((id) => truth.attackOf.get(id) ?? []));
  const found = truth.labels.filter((label) =>
    BY_WINDOW.has(detector)
      ? label.detectors.includes(detector) && (named.has(label.id) || concerns(alert, label, truth))
      : named.has(label.id),
  );
  return {
    rule: detector,
    day: Math.floor((Date.parse(alert.firstSeen) - truth.startMs) / DAY_MS),
    attacks: found.map(({ id }) => id),
    about: `${alert.firstSeen} ${alert.summary}`,
  };
}

function concerns(alert: Alert, label: Label, { accountsOf }: Truth): boolean {
  const throughRole =
    alert.workload === null
      ? alert.principal?.arn?.includes(`:assumed-role/${label.role.slice(label.role.lastIndexOf("/") + 1)}/`) === true
      : label.role.endsWith(`-${alert.workload}`);
  if (!throughRole) return false;
  if (alert.lastSeen < label.firstEvent || alert.firstSeen > label.lastEvent) return false;
  return alert.account === null || accountsOf.get(label.id)?.has(alert.account) === true;
}
