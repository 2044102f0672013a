import type { Call, ControlEvent, Use } from "../trail/call.ts";
import type { Past } from "../baseline/past.ts";
import type { Evidence, Facet } from "../memory/cell.ts";
import type { Incident } from "../tenants/incident.ts";
import type { Fresh, Window } from "../memory/window.ts";
import type { Sighting } from "../outbound/sighting.ts";
import type { SightedUse } from "../outbound/use.ts";
import type { Vendor } from "../outbound/vendor.ts";

/** In rising order; an alert's severity is its detector's, unless the configuration says otherwise. */
export const SEVERITIES = ["low", "medium", "high", "critical"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What people read about a detector: in `explain`, in docs/detectors.md, in every alert. */
export interface Prose {
  /** Stable: in configuration, suppressions and alerts. */
  readonly id: string;
  /** Raised when the identity of its alerts changes; old and new alerts are then different alerts. */
  readonly version: number;
  readonly title: string;
  readonly severity: Severity;
  /** MITRE ATT&CK technique ids. @see https://attack.mitre.org/ */
  readonly attack: readonly string[];
  /** Why it matters, in two or three sentences. */
  readonly why: string;
  /** Numbered questions and actions for the analyst at 3 a.m., first things first. */
  readonly respond: readonly string[];
  /** What it cannot see. */
  readonly blind: string;
  /** Where the claim can be checked. */
  readonly sources: readonly string[];
  /** One sentence that a human can act on, from the evidence alone. Strings in it are escaped where they are shown. */
  readonly summary: (evidence: Evidence) => string;
  /** Real-life cases, run by `test/detectors/examples.test.ts`: at least three of each. */
  readonly examples: Examples;
}

/**
 * A judgement. `subject` names what the alert is about and is part of its identity: never an attacker's free text
 * alone, never a clock. `tenant` is part of it only for what concerns one customer by nature.
 */
export interface Finding {
  readonly subject: string;
  readonly tenant: string | null;
  /** UTC day of this moment is part of the identity; null for what can happen once only. */
  readonly dayMs: number | null;
  readonly evidence: Evidence;
  /** Of a window: moments at which calls were sampled that the alert may name. */
  readonly sampledMs?: Iterable<number>;
  /** Whether the past was asked: the alert names its version. */
  readonly byPast?: boolean;
}

/** Judges each call by itself. */
export interface CallDetector extends Prose {
  readonly judges: "call";
  readonly judge: (sighting: Sighting, vendor: Vendor) => Finding | undefined;
}

/** Judges what was done to the trail. */
export interface ControlDetector extends Prose {
  readonly judges: "control";
  readonly judge: (event: ControlEvent, vendor: Vendor) => Finding | undefined;
  /** Where the vendor's own desk may find out the same. */
  readonly judgeIncident?: IncidentDetector["judge"];
}

/** Judges what the vendor's own desk met with. */
export interface IncidentDetector extends Prose {
  readonly judges: "incident";
  readonly judge: (incident: Incident, vendor: Vendor) => Finding | undefined;
}

/** Judges what one subject's memory has grown to. */
export interface FacetsDetector extends Prose {
  readonly judges: "facets";
  readonly remembers: FacetsMemo;
  /** `past`: of a memo that learns; null where nothing is known of the subject yet. */
  readonly judge: (
    subject: string,
    facets: ReadonlyMap<string, Facet>,
    vendor: Vendor,
    past: Past | null,
  ) => readonly Finding[];
  /** Where a call may be wrong by itself as well, whatever else there was. */
  readonly judgeCall?: CallDetector["judge"];
}

/** Judges what happened to one subject within a window of event time. */
export interface WindowDetector extends Prose {
  readonly judges: "window";
  readonly remembers: WindowMemo;
  /**
   * `fresh`: what is new in it, so that a window is not searched whole for nothing; null: all of it.
   * `past`: of a memo that learns; null where nothing is known of the subject yet.
   */
  readonly judge: (
    subject: string,
    window: Window,
    fresh: Fresh | null,
    vendor: Vendor,
    past: Past | null,
  ) => readonly Finding[];
}

export type Detector = CallDetector | ControlDetector | IncidentDetector | FacetsDetector | WindowDetector;

/** How a detector judges a call by itself; undefined where it does not. */
export function callJudgeOf(detector: Detector): CallDetector["judge"] | undefined {
  if (detector.judges === "call") return detector.judge;
  return detector.judges === "facets" ? detector.judgeCall : undefined;
}

/** How a detector judges what the desk met with; undefined where it does not. */
export function incidentJudgeOf(detector: Detector): IncidentDetector["judge"] | undefined {
  if (detector.judges === "incident") return detector.judge;
  return detector.judges === "control" ? detector.judgeIncident : undefined;
}

/**
 * What a call adds to a subject's memory; a new label is worth remembering, a known one is not written again. With
 * `dayMs` the subject has a memory of its own for the UTC day of that moment.
 */
export interface FacetsMemo {
  /** First part of the cell's key. */
  readonly name: string;
  readonly note: (sighting: Sighting, vendor: Vendor) => FacetNote | undefined;
  /** What the use of a session adds, be it a call or anything else; left out: nothing. */
  readonly noteUse?: (use: SightedUse, vendor: Vendor) => FacetNote | undefined;
  /** Whether what sealed days held is learned, and given to who judges. Only of memos that remember by days. */
  readonly learns?: "labels";
}

/** Labels of one subject are few, however many its events are, and hold no free text of a caller's. */
export interface FacetNote {
  readonly subject: string;
  readonly label: string;
  readonly dayMs?: number;
}

/** Which calls are counted, for whom, in slices of which length: no span longer than that can be judged. Detectors that share a memo share its cells. */
export interface WindowMemo {
  readonly name: string;
  readonly note: (
    sighting: Sighting,
    vendor: Vendor,
  ) => { readonly subject: string; readonly target: string; readonly lengthMs: number } | undefined;
  /** Whether rates and habits of sealed days are learned, and given to who judges. Only slices of a day learn. */
  readonly learns?: "rates";
}

/** A story: what the trail shows, in order, and what the vendor promised. Built with `detectors/example.ts`. */
export interface Examples {
  readonly fires: Readonly<Record<string, Example>>;
  readonly quiet: Readonly<Record<string, Example>>;
}

export interface Example {
  readonly vendor: Vendor;
  /** What earlier days held, in order; they end early enough to be sealed. */
  readonly past?: readonly Call[];
  readonly events: readonly (Call | ControlEvent | Use | Incident)[];
}
