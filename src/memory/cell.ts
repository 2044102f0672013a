import type { Call } from "../trail/call.ts";
import { joinCalls } from "./call-join.ts";
import { joinGlimpses, joinTraces, type Glimpse, type Trace } from "./glimpse.ts";
import { historyLattice } from "./history.ts";
import { earliest, fields, greatest, least, mapOf, maybe, strings, type Lattice } from "./lattice.ts";
import { pairs, type Pairs } from "./pairs.ts";

/** When a label (a place, an account, a stretch of time) was first met, and by which calls. */
export interface Facet {
  sample: readonly Trace[];
  head: readonly Glimpse[];
}

/** A label keeps its few earliest calls, and who made the first. */
export const facetLattice = fields<Facet>({ sample: earliest(8, joinTraces), head: earliest(1, joinGlimpses) });
/** So many labels of one subject are kept: an attacker who has a new one for each call fills no memory. */
const LABELS_KEPT = 200;
const facets = mapOf(facetLattice, LABELS_KEPT);

/** What one alert is made of. It only grows; the alert's identity does not depend on it. */
export interface Evidence {
  /** Null where the samples tell. */
  firstMs: number | null;
  lastMs: number | null;
  /** How many calls, however often each was delivered; empty where the samples are all there is. */
  calls: Pairs;
  /** The earliest calls, and the first one's caller. */
  sample: readonly Trace[];
  head: readonly Glimpse[];
  /** Calls by label, taken over from the facets that were judged. */
  samples: Map<string, Facet>;
  /** Keys of the cells that hold samples of a window's calls: read when the alert is told, because they still grow. */
  sampledIn: Set<string>;
  tenants: Set<string>;
  accounts: Set<string>;
  roles: Set<string>;
  workloads: Set<string>;
  /** Named lists of what was seen: addresses, session names, places … */
  facts: Map<string, Set<string>>;
  /** Named numbers, each the greatest seen. */
  measures: Map<string, number>;
  /** `startMs/endMs` of the slices that alarmed. */
  windows: Set<string>;
  /** Versions of the histories that were judged by. */
  baselines: Set<string>;
}

/**
 * The kinds of cell that memory is made of. A new kind is one entry here: the stores, their contract suite and the
 * lattice laws' properties read this list.
 */
export const CELL_KINDS = {
  /** One slice of a sliding window: (target role, moment and call), see `window.ts`. */
  window: pairs,
  facets,
  call: { join: joinCalls, encode: canonical, decode: (json) => canonical(json as Call) } satisfies Lattice<Call>,
  evidence: fields<Evidence>({
    firstMs: maybe(least),
    lastMs: maybe(greatest),
    calls: pairs,
    sample: earliest(50, joinTraces),
    head: earliest(1, joinGlimpses),
    samples: facets,
    sampledIn: strings(20),
    tenants: strings(),
    accounts: strings(),
    roles: strings(50),
    workloads: strings(50),
    facts: mapOf(strings(20)),
    measures: mapOf(greatest),
    windows: strings(20),
    baselines: strings(20),
  }),
  /** What sealed days have taught about one subject. */
  history: historyLattice,
  /** Marks that are set once and stay set, such as what each channel was told. */
  marks: strings(),
} as const;

/** Joined with itself, a call takes its one canonical form; what is no call cannot be joined and throws `TypeError`. */
function canonical(call: Call): Call {
  return joinCalls(call, call);
}

export type CellKind = keyof typeof CELL_KINDS;

type ValueOf<L> = L extends Lattice<infer T> ? T : never;
export type CellValue<K extends CellKind> = ValueOf<(typeof CELL_KINDS)[K]>;

/** A cell with its kind, so that a store can join and encode what it does not understand. */
export type Cell = { [K in CellKind]: { readonly kind: K; readonly value: CellValue<K> } }[CellKind];

/** `window/…`, `places/…`, `alert/…`: stable, and free of anything secret. */
export type CellKey = string;

/** The join of two cells of one kind. Takes both, as every lattice does. Throws `TypeError` when the kinds differ. */
export function joinCells(into: Cell, delta: Cell): Cell {
  if (into.kind !== delta.kind) throw new TypeError(`a ${delta.kind} cell cannot join a ${into.kind} cell`);
  const lattice = CELL_KINDS[into.kind] as Lattice<unknown>;
  return { kind: into.kind, value: lattice.join(into.value, delta.value) } as Cell;
}

export function encodeCell(cell: Cell): string {
  return JSON.stringify([cell.kind, (CELL_KINDS[cell.kind] as Lattice<unknown>).encode(cell.value)]);
}

/** Throws `TypeError` or `SyntaxError` on what `encodeCell` did not write. */
export function decodeCell(text: string): Cell {
  const [kind, value] = JSON.parse(text) as [string, unknown];
  if (!Object.hasOwn(CELL_KINDS, kind)) throw new TypeError("a stored cell is of a kind this version does not know");
  return { kind, value: (CELL_KINDS[kind as CellKind] as Lattice<unknown>).decode(value) } as Cell;
}
