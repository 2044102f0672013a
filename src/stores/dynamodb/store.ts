import { hash } from "node:crypto";
import type { Cell, CellKey, CellKind } from "../../memory/cell.ts";
import { cellOf, partsOf, setShare, type Parts } from "../../memory/parts.ts";
import type { Pairs } from "../../memory/pairs.ts";
import { inParallel } from "../in-parallel.ts";
import { joinUnder, reasonOf } from "../memory.ts";
import type { Store } from "../store.ts";
import { unpack } from "./body.ts";
import { twoGenerations } from "./cache.ts";
import { emptyChain, extend, follow, isOver, renew, takeIn, type Chain, type Owner } from "./chain.ts";
import { documentOf, grow, type Document } from "./document.ts";
import type { Ground } from "./ground.ts";
import { lifetime } from "./lifetime.ts";
import type { Pause } from "./pause.ts";
import type { Item, Table } from "./table.ts";
import { turns } from "./turns.ts";

export interface DynamoOptions {
  readonly table: Table;
  /** Epoch milliseconds. The writers' clocks may differ by minutes: lifetimes are weeks. */
  readonly now: () => number;
  readonly pause: Pause;
  /** How long a cell is kept after it was last written. */
  readonly retentionMs?: number;
  /** About how many bytes of what is stored are remembered. */
  readonly cacheBytes?: number;
}

/** Longer than a failed message can wait, fourteen days, by enough to look into what went wrong. */
const RETENTION_MS = 45 * 24 * 60 * 60 * 1000;
const CACHE_BYTES = 64 * 1024 * 1024;
/** Cells that are merged or recalled at a time. */
const AT_ONCE = 16;

/**
 * A store in a DynamoDB table, for any number of processes. A cell is one item under its key: a document, which is
 * written by compare-and-set, or the first segment of a chain (`chain.ts`); `evidence` is both, with all its segments
 * under keys of their own.
 *
 * A merge that finds everything new in memory already, as a redelivery does, costs no operation; a new cell costs one.
 * Answers may be the remembered cells themselves, for reading only: a later merge into the same key changes them. Cells
 * are forgotten when nothing was merged into them for between half a retention and a whole one. A stored cell that
 * cannot be read rejects with an `Error` that names its key, and is never written over.
 */
export function dynamoStore(options: DynamoOptions): Store {
  const { table, now, pause, retentionMs = RETENTION_MS, cacheBytes = CACHE_BYTES } = options;
  const ground: Ground = { table, pause, life: lifetime(now, retentionMs) };
  const documents = twoGenerations<Document>(cacheBytes / 2);
  const chains = twoGenerations<Chain>(cacheBytes / 2);
  const inTurn = turns();

  const keepDocument = (place: string, document: Document): void => {
    documents.set(place, document, 2 * document.text.length + place.length);
  };
  const keepChain = (place: string, chain: Chain): void => {
    chains.set(place, chain, chain.known.slots.byteLength + place.length);
  };
  const knownChain = (place: string): Chain | undefined => {
    const chain = chains.get(place);
    if (chain === undefined || !isOver(chain, ground)) return chain;
    chains.delete(place);
    return undefined;
  };
  const textOf = (key: CellKey) => (item: Item) => readable(key, () => unpack(item, table));
  const bareCell = (key: CellKey, kind: string, text: string) =>
    readable(key, () => Promise.resolve().then(() => cellOf(kind, text, null)));

  const mergeRest = async (key: CellKey, { kind, rest }: Parts): Promise<string> => {
    const place = placeOf(key);
    const join = async (stored: Document | null): Promise<string> =>
      stored === null
        ? rest
        : partsOf(joinUnder(key, await bareCell(key, stored.kind, stored.text), cellOf(kind, rest, null))).rest;
    const author = { key: place, kind, join, textOf: textOf(key) };
    const document = await grow(documents.get(place) ?? null, author, ground);
    keepDocument(place, document);
    return document.text;
  };

  const mergeMembers = async (key: CellKey, delta: Cell, members: Pairs): Promise<Pairs> => {
    const place = placeOf(key);
    const owner = ownerOf(place, delta.kind);
    for (;;) {
      const known = knownChain(place);
      const chain = known ?? emptyChain();
      if (known === undefined && members.size === 0) await follow(chain, owner, ground);
      const stranger = await extend(chain, members, owner, ground);
      if (stranger !== null) joinUnder(key, await bareCell(key, stranger.kind, await textOf(key)(stranger)), delta);
      if (await renew(chain, owner, ground)) {
        keepChain(place, chain);
        return chain.known;
      }
      chains.delete(place);
    }
  };

  const mergeCell = async (key: CellKey, delta: Cell): Promise<Cell> => {
    const parts = partsOf(delta);
    const { kind, members } = parts;
    const rest = setShare(kind) === "all" ? parts.rest : await mergeRest(key, parts);
    return cellOf(kind, rest, members && (await mergeMembers(key, delta, members)));
  };

  const recallCell = async (key: CellKey, item: Item | undefined): Promise<Cell | undefined> => {
    if (item === undefined || ground.life.isOver(item.expires)) return undefined;
    const place = placeOf(key);
    const document = await documentOf(item, textOf(key), ground);
    const { kind, value } = await bareCell(key, item.kind, document.text);
    const share = setShare(kind);
    if (share !== "all" && document.version >= (documents.get(place)?.version ?? 0)) keepDocument(place, document);
    if (share === "none") return { kind, value } as Cell;

    const known = knownChain(place);
    const chain = known ?? emptyChain();
    if (share === "all") takeIn(chain, 0, item);
    if (share === "part" || chain.tip > 0) await follow(chain, ownerOf(place, kind), ground);
    if (known === undefined) keepChain(place, chain);
    return cellOf(kind, document.text, chain.known);
  };

  return {
    merge: async (deltas) => {
      const merged = await inParallel([...deltas], AT_ONCE, async ([key, delta]): Promise<[CellKey, Cell]> => [
        key,
        await inTurn(key, () => mergeCell(key, delta)),
      ]);
      return new Map(merged);
    },
    recall: async (keys) => {
      const asked = [...new Set(keys)];
      const items = await table.read(asked.map(placeOf));
      const found = await inParallel(asked, AT_ONCE, (key) => recallCell(key, items.get(placeOf(key))));
      const known = new Map<CellKey, Cell>();
      for (const [at, key] of asked.entries()) {
        const cell = found[at];
        if (cell !== undefined) known.set(key, cell);
      }
      return known;
    },
    close: () => Promise.resolve(),
  };
}

/** DynamoDB takes keys of 1 to 2,048 bytes of well-formed text; a segment's number and a part's digest go behind. */
const LONGEST_KEY_BYTES = 1_500;

function placeOf(key: CellKey): string {
  const text = JSON.stringify(key);
  return Buffer.byteLength(text) <= LONGEST_KEY_BYTES ? text : `sha256:${hash("sha256", text, "hex")}`;
}

/** A cell that is its set alone begins under its own key, so that one read finds it, whatever its kind. */
function ownerOf(place: string, kind: CellKind): Owner {
  const first = setShare(kind) === "all" ? place : `${place}#0`;
  return { kind, segmentKey: (index) => (index === 0 ? first : `${place}#${index}`) };
}

async function readable<T>(key: CellKey, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    throw new Error(`the stored cell ${JSON.stringify(key)} cannot be read: ${reasonOf(cause)}`, { cause });
  }
}
