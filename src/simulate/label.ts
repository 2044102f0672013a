import type { Attack } from "./attacks/schedule.ts";
import type { Estate } from "./estate.ts";
import type { Witnessed } from "./day.ts";

/** What is wrong in an estate: a line of `labels.ndjson`. */
export interface Label {
  /** `A1a` … `A12`: the same attack in every estate. */
  readonly id: string;
  readonly title: string;
  /** Ids of the detectors that are right about it; any of them finds it. */
  readonly detectors: readonly string[];
  /** Why nobody can be expected to find it in the vendor's trail; null where it is to be found. */
  readonly missed: string | null;
  /** ARN of the outbound role that it goes through, or would. */
  readonly role: string;
  /** ISO 8601, whole seconds. */
  readonly firstEvent: string;
  readonly lastEvent: string;
  /** `eventID` of each of its records, the customers' copies included. */
  readonly eventIds: readonly string[];
}

/** Collects what belongs to the attacks while records go by. */
export interface Labelling {
  readonly note: (witnessed: Witnessed) => void;
  /** Of the attacks that were seen so far, by the time of their first event. */
  readonly labels: () => readonly Label[];
}

export function labelling(estate: Estate, attacks: readonly Attack[]): Labelling {
  const seen = new Map<string, { eventIds: string[]; firstEvent: string; lastEvent: string }>();
  return {
    note: ({ record: { eventID, eventTime }, attack }) => {
      if (attack === null) return;
      const own = seen.get(attack) ?? { eventIds: [], firstEvent: eventTime, lastEvent: eventTime };
      own.eventIds.push(eventID);
      if (eventTime < own.firstEvent) own.firstEvent = eventTime;
      if (eventTime > own.lastEvent) own.lastEvent = eventTime;
      seen.set(attack, own);
    },
    labels: () =>
      attacks
        .flatMap(({ recipe }): Label[] => {
          const own = seen.get(recipe.id);
          const { id, title, detectors, missed } = recipe;
          return own === undefined
            ? []
            : [{ id, title, detectors, missed, role: recipe.workload(estate).outbound.arn, ...own }];
        })
        .sort((a, b) => (a.firstEvent < b.firstEvent ? -1 : 1)),
  };
}
