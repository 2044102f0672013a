import * as fc from "fast-check";
import {
  CELL_KINDS,
  encodeCell,
  joinCells,
  decodeCell,
  type Cell,
  type CellKind,
  type Facet,
} from "../../src/memory/cell.ts";
import type { DayProfile } from "../../src/memory/history.ts";
import type { Glimpse, Trace } from "../../src/memory/glimpse.ts";
import { addPair, noPairs, type Pairs } from "../../src/memory/pairs.ts";
import { ASSUMING_OPERATIONS, CALLER_KINDS, type Call } from "../../src/trail/call.ts";

/** A copy that shares nothing, because joins take what they are given. */
export function copyOf(cell: Cell): Cell {
  return decodeCell(encodeCell(cell));
}

/** Joins copies, so that both sides can be looked at afterwards. */
export function joined(a: Cell, b: Cell): Cell {
  return joinCells(copyOf(a), copyOf(b));
}

const hostileText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 8 }),
  fc.constantFrom("", "__proto__", "a\nb", "\u0000", "\ud800", "é", "🛂", "x".repeat(300)),
);
const orNone = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { nil: null, freq: 3 });
const text = orNone(hostileText);
const eventIds = fc
  .uniqueArray(fc.constantFrom("e1", "e2", "e3", "e4"), { minLength: 1, maxLength: 2 })
  .map((ids) => ids.sort());
const timeMs = fc.integer({ min: 0, max: 300 });
const moment = { timeMs, id: fc.integer({ min: 0, max: 3 }).map((n) => `call-${n}`) };
const callerKind = fc.constantFrom(...CALLER_KINDS);

/** One call's trace; few instants and ids, so that copies of one call meet. */
export const trace: fc.Arbitrary<Trace> = fc.record({ ...moment, eventIds });

export const glimpse: fc.Arbitrary<Glimpse> = fc.record({
  ...moment,
  kind: callerKind,
  arn: text,
  sessionName: text,
  last4: text,
  address: text,
  vpcEndpointId: text,
  userAgent: text,
  asked: text,
  named: text,
});

const credential = fc.record({ digest: fc.constantFrom("0a", "0b", "0c"), last4: fc.constantFrom("AAAA", "BBBB") });
const strength = fc.constantFrom("strong", "medium", "weak");
const marker = fc.record({ strength, marker: fc.constantFrom("Root", "AWS Internal", "browser", "e-mail") });

/** Any call at all: no field follows from another. */
export const call: fc.Arbitrary<Call> = fc.record({
  key: hostileText,
  eventIds,
  timeMs,
  operation: fc.constantFrom(...ASSUMING_OPERATIONS),
  outcome: fc.constantFrom("allowed", "denied", "failed"),
  errorCode: text,
  caller: fc.record({
    kind: callerKind,
    arn: text,
    principalId: text,
    account: text,
    roleArn: text,
    sessionName: text,
    userName: text,
    credential: orNone(credential),
    invokedBy: text,
    human: fc.uniqueArray(marker, { maxLength: 3, selector: (found) => found.marker }),
    sessionStartMs: orNone(fc.integer({ min: 0, max: 3 })),
    machine: fc.boolean(),
    sourceIdentity: text,
  }),
  target: fc.record({ roleArn: text, account: text }),
  asked: orNone(
    fc.record({
      sessionName: text,
      externalId: orNone(
        fc.oneof(
          fc.constant("hidden" as const),
          fc.record({ digest: fc.constantFrom("1a", "1b"), strength: fc.constantFrom("strong", "fair", "weak") }),
        ),
      ),
      durationSeconds: orNone(fc.integer({ min: 900, max: 43_200 })),
      sessionPolicy: fc.boolean(),
      sourceIdentity: text,
      mfaSerial: fc.boolean(),
    }),
  ),
  issued: orNone(credential),
  source: fc.record({ address: hostileText, vpcEndpointId: text }),
  userAgent: text,
  region: text,
  globalEndpoint: fc.boolean(),
  recipient: text,
  partial: fc.boolean(),
});

const hash = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0xffff_fff0, max: 0xffff_ffff }));

/** A pair of hashes, few enough to meet again. */
export const pair: fc.Arbitrary<readonly [number, number]> = fc.tuple(hash, hash);

/** The set of these pairs. */
export function pairsOf(members: Iterable<readonly [number, number]>): Pairs {
  const value = noPairs();
  for (const [target, call] of members) addPair(value, target, call);
  return value;
}

const onePair = pair.map((member) => pairsOf([member]));
const label = fc.oneof(
  hostileText,
  fc.integer({ min: 0, max: 80 }).map((n) => `label-${n}`),
);
const oneLabel = label.map((member) => new Set([member]));
const oneFacet: fc.Arbitrary<Facet> = fc.record({ sample: fc.tuple(trace), head: fc.tuple(glimpse) });
const facets = fc.tuple(label, oneFacet).map((entry) => new Map([entry]));

const dayNumber = fc.integer({ min: 20_000, max: 20_003 }).map(String);
const profile: fc.Arbitrary<DayProfile> = fc.record({
  calls: fc.integer({ min: 0, max: 2 }),
  inventory: fc.integer({ min: 0, max: 2 }),
  sooner: orNone(fc.integer({ min: 0, max: 2 })),
  hours: fc.dictionary(
    fc.constantFrom("targets/300", "repeats/3600"),
    fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 4 }),
  ),
});

/** What a single call adds to a cell of each kind. */
const deltas: { readonly [K in CellKind]: fc.Arbitrary<Extract<Cell, { kind: K }>["value"]> } = {
  window: onePair,
  facets,
  call,
  evidence: fc.record({
    firstMs: orNone(timeMs),
    lastMs: orNone(timeMs),
    calls: fc.oneof(onePair, fc.constant(null).map(noPairs)),
    sample: fc.array(trace, { maxLength: 1 }),
    head: fc.array(glimpse, { maxLength: 1 }),
    samples: fc.oneof(
      facets,
      fc.constant(null).map(() => new Map<string, Facet>()),
    ),
    sampledIn: oneLabel,
    tenants: oneLabel,
    accounts: oneLabel,
    roles: oneLabel,
    workloads: oneLabel,
    facts: fc.tuple(fc.constantFrom("address", "place"), oneLabel).map((entry) => new Map([entry])),
    measures: fc.tuple(label, fc.double({ noNaN: true, noDefaultInfinity: true })).map((entry) => new Map([entry])),
    windows: oneLabel,
    baselines: oneLabel,
  }),
  history: fc.record({
    profiles: fc.tuple(dayNumber, profile).map((entry) => new Map([entry])),
    habits: onePair,
    names: fc.tuple(dayNumber, oneLabel).map((entry) => new Map([entry])),
    offNames: fc.tuple(dayNumber, oneLabel).map((entry) => new Map([entry])),
  }),
  marks: oneLabel,
};

/** What one call adds to a cell of this kind. */
export function delta(kind: CellKind): fc.Arbitrary<Cell> {
  return (deltas[kind] as fc.Arbitrary<unknown>).map((value) => ({ kind, value }) as Cell);
}

/** Any state that such a cell can grow to, beyond the caps of its lists too. */
export function cell(kind: CellKind): fc.Arbitrary<Cell> {
  return fc
    .array(delta(kind), { minLength: 1, maxLength: kind === "call" ? 3 : 70, size: "max" })
    .map((parts) => parts.map(copyOf).reduce(joinCells));
}

/** Every kind there is: a new one is under test as soon as it is declared. */
export const KINDS = Object.keys(CELL_KINDS) as CellKind[];
