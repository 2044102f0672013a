import type { Call } from "../trail/call.ts";
import type { Cell, CellKey, CellValue } from "../memory/cell.ts";
import { hash32 } from "../memory/pairs.ts";
import { emptySlice, noteCall, noteSample, sliceAt } from "../memory/window.ts";
import type { Detector, FacetsDetector, FacetsMemo, WindowDetector, WindowMemo } from "../detectors/detector.ts";
import { sight, type Elsewhere, type Sighting } from "../outbound/sighting.ts";
import type { Vendor } from "../outbound/vendor.ts";

/** One subject's facets that this batch has added to, and who judges them. */
export interface TouchedFacets {
  readonly key: CellKey;
  readonly subject: string;
  readonly detectors: readonly FacetsDetector[];
}

/** One slice that this batch has added to, and who judges the windows that it is part of. */
export interface TouchedSlice {
  readonly memo: string;
  readonly subject: string;
  readonly lengthMs: number;
  readonly slice: number;
  /** Whose calls are new (`hash32`); null where the window is judged for the first time, and whole. */
  readonly targets: Set<number> | null;
  readonly detectors: readonly WindowDetector[];
}

/** What a batch adds to memory, and what is to be judged once memory has joined it. */
export interface Noted {
  readonly sightings: readonly Sighting[];
  readonly deltas: Map<CellKey, Cell>;
  readonly facets: ReadonlyMap<CellKey, TouchedFacets>;
  readonly slices: ReadonlyMap<CellKey, TouchedSlice>;
  readonly elsewhere: ReadonlyMap<Elsewhere, number>;
}

export function sliceKey(
  { memo, lengthMs, subject }: Pick<TouchedSlice, "memo" | "lengthMs" | "subject">,
  slice: number,
): CellKey {
  return `${memo}/${lengthMs / 1000}/${slice}/${subject}`;
}

/** Sights every call and notes what the detectors want remembered of it. */
export function note(calls: Iterable<Call>, vendor: Vendor, detectors: readonly Detector[]): Noted {
  const sightings: Sighting[] = [];
  const elsewhere = new Map<Elsewhere, number>();
  const deltas = new Map<CellKey, Cell>();
  const facets = facetsNotebook(detectors, deltas);
  const slices = slicesNotebook(detectors, deltas);
  for (const call of calls) {
    const sighting = sight(call, vendor);
    if (typeof sighting === "string") {
      elsewhere.set(sighting, (elsewhere.get(sighting) ?? 0) + 1);
      continue;
    }
    sightings.push(sighting);
    facets.note(sighting, vendor);
    slices.note(sighting, vendor);
  }
  return { sightings, deltas, facets: facets.touched, slices: slices.touched, elsewhere };
}

interface Notebook<T> {
  readonly touched: ReadonlyMap<CellKey, T>;
  readonly note: (sighting: Sighting, vendor: Vendor) => void;
}

function facetsNotebook(detectors: readonly Detector[], deltas: Map<CellKey, Cell>): Notebook<TouchedFacets> {
  const judges = detectors.filter((detector) => detector.judges === "facets");
  const byMemo = [...Map.groupBy(judges, ({ remembers }): FacetsMemo => remembers)];
  const touched = new Map<CellKey, TouchedFacets>();
  const open = new Map<CellKey, CellValue<"facets">>();
  return {
    touched,
    note: (sighting, vendor) => {
      for (const [memo, own] of byMemo) {
        const noted = memo.note(sighting, vendor);
        if (noted === undefined) continue;
        const key = `${memo.name}/${noted.subject}`;
        let value = open.get(key);
        if (value === undefined) {
          value = new Map();
          open.set(key, value);
          deltas.set(key, { kind: "facets", value });
          touched.set(key, { key, subject: noted.subject, detectors: own });
        }
        noteSample(value, noted.label, sighting.call);
      }
    },
  };
}

function slicesNotebook(detectors: readonly Detector[], deltas: Map<CellKey, Cell>): Notebook<TouchedSlice> {
  const judges = detectors.filter((detector) => detector.judges === "window");
  const byMemo = [...Map.groupBy(judges, ({ remembers }): WindowMemo => remembers)];
  const touched = new Map<CellKey, TouchedSlice>();
  const open = new Map<CellKey, CellValue<"window">>();
  return {
    touched,
    note: (sighting, vendor) => {
      for (const [memo, own] of byMemo) {
        const noted = memo.note(sighting, vendor);
        if (noted === undefined) continue;
        const { subject, target, lengthsMs } = noted;
        for (const lengthMs of lengthsMs) {
          const slice = sliceAt(sighting.call.timeMs, lengthMs);
          const place = { memo: memo.name, subject, lengthMs };
          const key = sliceKey(place, slice);
          let value = open.get(key);
          if (value === undefined) {
            value = emptySlice();
            open.set(key, value);
            deltas.set(key, { kind: "window", value });
            touched.set(key, { ...place, slice, targets: new Set(), detectors: own });
          }
          noteCall(value, sighting.call, target, lengthMs);
          touched.get(key)?.targets?.add(hash32(target));
        }
      }
    },
  };
}
