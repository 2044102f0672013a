import type { Call } from "../trail/call.ts";
import { joinCalls } from "./call-join.ts";
import { joinGlimpses, joinTraces, type Glimpse, type Trace } from "./glimpse.ts";
import { earliest, fields, greatest, least, mapOf, strings, type Lattice } from "./lattice.ts";
import { pairs, type Pairs } from "./pairs.ts";

/** One slice of a sliding window: who was called how often. */
export interface WindowSlice {
  /** (target role, call). */
  pairs: Pairs;
  firstMs: number;
  lastMs: number;
  sample: readonly Trace[];
  head: readonly Glimpse[];
}

/** When a label (a place, an account) was first met, and by which calls. */
export interface Facet {
  sample: readonly Trace[];
  head: readonly Glimpse[];
}

/** What one alert is made of. It only grows; the alert's identity does not depend on it. */
export interface Evidence {
  firstMs: number;
  lastMs: number;
  /** (1, call): how many calls, however often each was delivered. */
  calls: Pairs;
  sample: readonly Trace[];
  head: readonly Glimpse[];
  tenants: Set<string>;
  accounts: Set<string>;
  roles: Set<string>;
  workloads: Set<string>;
  /** Named lists of what was seen: addresses, session names, places … */
  facts: Map<string, Set<string>>;
  /** Named numbers, each the greatest seen. */
  measures: Map<string, number>;
  /** `startMs/endMs` of the windows that alarmed. */
  windows: Set<string>;
}

/**
 * The kinds of cell that memory is made of. A new kind is one entry here: the stores, their contract suite and the
 * lattice laws' properties read this list.
 */
export const CELL_KINDS = {
  window: fields<WindowSlice>({
    pairs,
    firstMs: least,
    lastMs: greatest,
    sample: earliest(20, joinTraces),
    head: earliest(1, joinGlimpses),
  }),
  facets: mapOf(fields<Facet>({ sample: earliest(5, joinTraces), head: earliest(1, joinGlimpses) })),
  call: { join: joinCalls, encode: (call) => call, decode: (json) => json as Call } satisfies Lattice<Call>,
  evidence: fields<Evidence>({
    firstMs: least,
    lastMs: greatest,
    calls: pairs,
    sample: earliest(50, joinTraces),
    head: earliest(1, joinGlimpses),
    tenants: strings(),
    accounts: strings(),
    roles: strings(50),
    workloads: strings(50),
    facts: mapOf(strings(20)),
    measures: mapOf(greatest),
    windows: strings(20),
  }),
  /** Marks that are set once and stay set, such as what each channel was told. */
  marks: strings(),
} as const;

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
