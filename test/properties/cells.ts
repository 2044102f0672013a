import { dice, type Dice } from "../../src/simulate/dice.ts";
import { decodeCell, encodeCell, joinCells, type Cell, type CellKind, type CellValue } from "../../src/memory/cell.ts";
import type { DayProfile } from "../../src/memory/history.ts";
import type { Facet } from "../../src/memory/cell.ts";
import type { Glimpse, Trace } from "../../src/memory/glimpse.ts";
import { addPair, noPairs, type Pairs } from "../../src/memory/pairs.ts";
import { ASSUMING_OPERATIONS, CALLER_KINDS, type Call } from "../../src/trail/call.ts";

/** A copy that shares nothing, because joins take what they are given. */
export function copyOf(cell: Cell): Cell {
  return decodeCell(encodeCell(cell));
}

const HOSTILE = ["", "__proto__", "a\nb", "\u0000", "\ud800", "é", "e\u0301", "🛂", "ﬀ", "x".repeat(300), '"', "null"];

function text(chance: Dice): string {
  return chance.below(3) === 0 ? chance.pick(HOSTILE) : `text-${chance.below(60)}`;
}

function orNone<T>(chance: Dice, make: (chance: Dice) => T): T | null {
  return chance.below(3) === 0 ? null : make(chance);
}

/** Few instants and ids, so that copies of one call meet. */
function moment(chance: Dice): Pick<Trace, "timeMs" | "id"> {
  return { timeMs: chance.below(300), id: `call-${chance.below(4)}` };
}

function eventIds(chance: Dice): readonly string[] {
  return [...new Set([`e${chance.below(4)}`, `e${chance.below(4)}`])].sort();
}

function trace(chance: Dice): Trace {
  return { ...moment(chance), eventIds: eventIds(chance) };
}

function glimpse(chance: Dice): Glimpse {
  return {
    ...moment(chance),
    kind: chance.pick(CALLER_KINDS),
    arn: orNone(chance, text),
    sessionName: orNone(chance, text),
    last4: orNone(chance, text),
    address: orNone(chance, text),
    vpcEndpointId: orNone(chance, text),
    userAgent: orNone(chance, text),
    asked: orNone(chance, text),
    named: orNone(chance, text),
  };
}

function facets(chance: Dice): Map<string, Facet> {
  return new Map([[text(chance), { sample: [trace(chance)], head: [glimpse(chance)] }]]);
}

function hash(chance: Dice): number {
  return chance.below(4) === 0 ? 0xffff_ffff - chance.below(8) : 1 + chance.below(40);
}

function pairs(chance: Dice): Pairs {
  const value = noPairs();
  addPair(value, hash(chance), hash(chance));
  return value;
}

function label(chance: Dice): Set<string> {
  return new Set([text(chance)]);
}

function credential(chance: Dice): Call["issued"] {
  return { digest: `0${chance.below(3)}`, last4: chance.pick(["AAAA", "BBBB"]) };
}

/** Any call at all: no field follows from another. */
function call(chance: Dice): Call {
  const maybe = (): string | null => orNone(chance, text);
  const either = (): boolean => chance.below(2) === 0;
  return {
    key: text(chance),
    eventIds: eventIds(chance),
    timeMs: chance.below(300),
    operation: chance.pick(ASSUMING_OPERATIONS),
    outcome: chance.pick(["allowed", "denied", "failed"]),
    errorCode: maybe(),
    caller: {
      ...{ kind: chance.pick(CALLER_KINDS), arn: maybe(), principalId: maybe(), account: maybe(), roleArn: maybe() },
      ...{ sessionName: maybe(), userName: maybe(), credential: orNone(chance, credential), invokedBy: maybe() },
      human: ["Root", "browser", "e-mail"]
        .filter(() => chance.below(3) === 0)
        .map((marker) => ({ strength: chance.pick(["strong", "medium", "weak"]), marker })),
      sessionStartMs: orNone(chance, () => chance.below(300)),
      machine: either(),
      sourceIdentity: maybe(),
    },
    target: { roleArn: maybe(), account: maybe() },
    asked: orNone(chance, () => ({
      sessionName: maybe(),
      externalId: orNone(chance, () =>
        chance.below(3) === 0
          ? "hidden"
          : { digest: chance.pick(["1a", "1b"]), strength: chance.pick(["strong", "fair", "weak"]) },
      ),
      durationSeconds: orNone(chance, () => 900 + chance.below(42_000)),
      sessionPolicy: either(),
      sourceIdentity: maybe(),
      mfaSerial: either(),
    })),
    issued: orNone(chance, credential),
    source: { address: text(chance), vpcEndpointId: maybe() },
    userAgent: maybe(),
    region: maybe(),
    globalEndpoint: either(),
    recipient: maybe(),
    partial: either(),
  };
}

function profile(chance: Dice): DayProfile {
  const row = Array.from({ length: chance.below(4) }, () => chance.below(3));
  return {
    calls: chance.below(3),
    inventory: chance.below(3),
    sooner: orNone(chance, () => chance.below(3)),
    hours: chance.below(2) === 0 ? {} : { [chance.pick(["targets/300", "repeats/3600"])]: row },
  };
}

/** What a single call adds to a cell of each kind. */
const DELTAS: { readonly [K in CellKind]: (chance: Dice) => CellValue<K> } = {
  window: pairs,
  facets,
  call,
  evidence: (chance) => ({
    firstMs: orNone(chance, () => chance.below(300)),
    lastMs: orNone(chance, () => chance.below(300)),
    calls: orNone(chance, pairs) ?? noPairs(),
    sample: chance.below(2) === 0 ? [] : [trace(chance)],
    head: chance.below(2) === 0 ? [] : [glimpse(chance)],
    samples: chance.below(2) === 0 ? new Map<string, Facet>() : facets(chance),
    sampledIn: label(chance),
    tenants: label(chance),
    accounts: label(chance),
    roles: label(chance),
    workloads: label(chance),
    facts: new Map([[chance.pick(["address", "place"]), label(chance)]]),
    measures: new Map([[text(chance), (chance.below(2001) - 1000) / (1 + chance.below(7))]]),
    windows: label(chance),
    baselines: label(chance),
  }),
  history: (chance) => ({
    profiles: new Map([[String(20_000 + chance.below(3)), profile(chance)]]),
    habits: pairs(chance),
    names: new Map([[String(20_000 + chance.below(3)), label(chance)]]),
    offNames: new Map([[String(20_000 + chance.below(3)), label(chance)]]),
  }),
  marks: label,
};

/** A share of the cells grows beyond every cap; most stay small, so that many can be had. */
const BIG_IN = 25;

/** Any state that such a cell can grow to, as `seed` makes it. */
export function cellsOf(kind: CellKind, count: number, seed: number): readonly Cell[] {
  const chance = dice(seed, kind);
  const most = kind === "call" ? 3 : 6;
  return Array.from({ length: count }, () => {
    const parts = chance.below(BIG_IN) === 0 && kind !== "call" ? 40 + chance.below(60) : 1 + chance.below(most);
    return Array.from({ length: parts }, () => ({ kind, value: DELTAS[kind](chance) }) as Cell).reduce(joinCells);
  });
}
