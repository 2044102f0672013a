import type { Alert } from "../../alerts/alert.ts";
import { SEVERITIES, type Severity } from "../../detectors/detector.ts";

/** An alert that is to be told, as it was when it reached a growth point. */
export interface Announcement {
  readonly id: string;
  readonly severity: Severity;
  /** The growth point reached; see `growthOf`. */
  readonly reached: number;
  readonly alert: Alert;
}

/** What some channel has not heard yet. */
export interface Pending extends Announcement {
  /** By channel name: the growth point it was last told at. Absent: never. */
  readonly told: ReadonlyMap<string, number>;
}

/** Where a page starts and how long it may be. */
export interface Page {
  /** The `next` of the page before; null: from the start. */
  readonly after: string | null;
  readonly limit: number;
}

/** A page may hold fewer entries than asked for; only `next` says whether there is more. */
export interface PendingPage {
  readonly entries: readonly Pending[];
  readonly next: string | null;
}

/**
 * What is to be told, between who found it and who tells it. Every entry only grows: `reached` is a maximum and the
 * alert follows it, what a channel was told is a maximum, and an entry is complete up to a growth point. So a message
 * that comes twice, a crash between two writes and two writers at once change nothing.
 */
export interface Outbox {
  /** Durable when it resolves. A higher `reached` replaces; a lower or equal one changes nothing. */
  readonly announce: (list: readonly Announcement[]) => Promise<void>;
  /** What some channel has not heard: worst severity first, then by id. */
  readonly pending: (page: Page) => Promise<PendingPage>;
  /** The channel took the alert at this growth point. Of an alert that was never announced it says nothing. */
  readonly told: (id: string, channel: string, reached: number) => Promise<void>;
  /** Every channel heard this growth point: no longer pending, unless it has grown meanwhile. */
  readonly complete: (id: string, reached: number) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** An entry's place among the pending ones, as text that sorts: the worst severity first, then by id. */
export function turnOf({ id, severity }: Pick<Announcement, "id" | "severity">): string {
  return `${SEVERITIES.length - 1 - SEVERITIES.indexOf(severity)}/${id}`;
}
