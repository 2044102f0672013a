import { buildAlert } from "../../src/alerts/build.ts";
import { DETECTORS } from "../../src/detectors/index.ts";
import type { Cell, CellKey } from "../../src/memory/cell.ts";
import type { Vendor } from "../../src/outbound/vendor.ts";
import {
  asRemembered,
  judge,
  judgePostponed,
  type Batch,
  type Postponed,
  type Verdict,
} from "../../src/pipeline/judge.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import type { Incident } from "../../src/tenants/incident.ts";
import type { Call, ControlEvent, Use } from "../../src/trail/call.ts";

/** What a trail tells, decoded. */
export type Event = Call | ControlEvent | Use | Incident;

/** What judging came to: the alerts' bytes, one line an alert, sorted by id; and the memory they were built from. */
export interface Told {
  readonly lines: readonly string[];
  readonly detectors: ReadonlySet<string>;
  readonly cells: ReadonlyMap<CellKey, Cell>;
}

/** Judges batch after batch in one memory, as the live path does. */
export async function lived(vendor: Vendor, batches: readonly (readonly Event[])[]): Promise<Told> {
  const store = memoryStore();
  const court = { vendor, detectors: DETECTORS, store };
  const found = new Map<string, Verdict>();
  for (const batch of batches) {
    for (const verdict of (await judge(sorted(batch), court)).verdicts) found.set(verdict.id, verdict);
  }
  return told(vendor, found, store);
}

/**
 * Gathers each share in a memory of its own, joins the memories and judges what they hold together, as a replay with
 * several jobs does.
 */
export async function replayed(vendor: Vendor, shares: readonly (readonly (readonly Event[])[])[]): Promise<Told> {
  const whole = memoryStore();
  const court = { vendor, detectors: DETECTORS, store: whole };
  const postponed: Postponed = { facets: new Map(), slices: new Map() };
  const found = new Map<string, Verdict>();
  const partial: Call[] = [];
  const keep = (verdicts: readonly Verdict[]): void => {
    for (const verdict of verdicts) found.set(verdict.id, verdict);
  };
  for (const batches of shares) {
    const store = memoryStore();
    for (const batch of batches) keep((await judge(sorted(batch), { ...court, store }, postponed)).verdicts);
    for (const cell of store.cells.values()) if (cell.kind === "call") partial.push(cell.value);
    await whole.merge(store.cells);
  }
  keep((await judge({ calls: partial, changes: [] }, court, postponed)).verdicts);
  keep(await judgePostponed(postponed, court));
  return told(vendor, found, whole);
}

/** Where two tellings part, in words; undefined where they are the same to the byte. */
export function difference(expected: Told, actual: Told): string | undefined {
  const [only, extra] = [without(expected.lines, actual.lines), without(actual.lines, expected.lines)];
  if (only.length === 0 && extra.length === 0) return undefined;
  return `expected ${only[0] ?? "no further alert"}\n     got ${extra[0] ?? "no such alert"}`;
}

function without(lines: readonly string[], others: readonly string[]): readonly string[] {
  const known = new Set(others);
  return lines.filter((line) => !known.has(line));
}

function sorted(batch: readonly Event[]): Batch {
  return {
    calls: batch.filter((event) => "target" in event),
    changes: batch.filter((event) => "resource" in event),
    incidents: batch.filter((event) => "facts" in event),
    uses: batch.filter((event): event is Use => !("target" in event || "resource" in event || "facts" in event)),
  };
}

async function told(
  vendor: Vendor,
  found: ReadonlyMap<string, Verdict>,
  store: ReturnType<typeof memoryStore>,
): Promise<Told> {
  const verdicts = [...(await asRemembered(found.values(), store))].sort((a, b) => (a.id < b.id ? -1 : 1));
  const lines = verdicts.map(({ detector, identity, evidence }) => {
    const context = { vendor, severity: detector.severity, suppressions: [], product: "test" };
    return JSON.stringify(buildAlert(detector, identity, evidence, context));
  });
  return { lines, detectors: new Set(verdicts.map(({ detector }) => detector.id)), cells: store.cells };
}
