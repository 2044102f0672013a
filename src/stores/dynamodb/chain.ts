import { addPair, eachPair, hasPair, noPairs, type Pairs } from "../../memory/pairs.ts";
import type { Ground } from "./ground.ts";
import { memberOf, pairOf } from "./member.ts";
import type { Item, Stamp } from "./table.ts";

/**
 * A set that grows, as a chain of segments: items that are native sets of members. Members are added to the last one,
 * the tip. A segment that was handed `SEAL` members takes no more: it is sealed, the next one is the tip, and so a hot
 * set's writes move from item to item.
 *
 * An answer that contains a member contains everything that was stored before that member was. A write answers with the
 * whole segment as it then is; the segments before it are sealed, so what is known of them is all there ever will be;
 * and no writer begins a segment before it has met the one before sealed. Hence of several writers that add to a set,
 * one sees it whole: who judges what a write answers needs no further read, and misses nothing.
 *
 * What is known is only ever what the table has answered with: what is not durable is not in it.
 */
export interface Chain {
  /** Every member met so far; alive, for reading only. */
  readonly known: Pairs;
  /** Index of the first segment that was not met sealed. */
  tip: number;
  /** When each segment met so far expires, in epoch seconds. */
  readonly expires: number[];
}

/** Whose chain it is. */
export interface Owner {
  readonly kind: string;
  readonly segmentKey: (index: number) => string;
}

/** So many members, and a segment is sealed: 1 KB, and DynamoDB bills a write by the KB that the item has. */
const SEAL = 128;
/** The most members that one write hands over, and so what a segment can have beyond its seal. */
const CHUNK = 512;
/** Segments that are read at a time, at most. */
const WIDEST = 64;

export function emptyChain(): Chain {
  return { known: noPairs(), tip: 0, expires: [] };
}

function isSealed({ version }: Stamp): boolean {
  return version >= SEAL;
}

/**
 * Takes in what was read of a segment or answered by a write. Of segments beyond the tip nothing is taken: what is
 * missing between would be older.
 */
export function takeIn(chain: Chain, index: number, segment: Item): void {
  if (index > chain.tip) return;
  for (const member of segment.members ?? []) addMember(chain.known, member, segment.key);
  chain.expires[index] = Math.max(segment.expires, chain.expires[index] ?? 0);
  if (index === chain.tip && isSealed(segment)) chain.tip++;
}

/** Reads on from the tip to the chain's end, ever more segments at a time. */
export async function follow(chain: Chain, { kind, segmentKey }: Owner, { table, life }: Ground): Promise<void> {
  for (let width = 1; ; width = Math.min(2 * width, WIDEST)) {
    const start = chain.tip;
    const indexes = Array.from({ length: width }, (_, n) => start + n);
    const items = await table.read(indexes.map(segmentKey));
    for (const index of indexes) {
      const segment = items.get(segmentKey(index));
      if (segment?.kind !== kind || life.isOver(segment.expires)) return;
      takeIn(chain, index, segment);
      if (!isSealed(segment)) return;
    }
  }
}

/**
 * Stores what is not known to be stored yet; known members cost nothing. A chain that nothing is known of is written to
 * all the same: what the write answers says more than a read would. Answers what stands in the chain's place, where it
 * is of another kind.
 */
export async function extend(chain: Chain, delta: Pairs, owner: Owner, ground: Ground): Promise<Item | null> {
  const { table, life } = ground;
  for (let sealed = 0; ;) {
    const members = unknownOf(delta, chain.known);
    if (members.length === 0) return null;
    const index = chain.tip;
    const { kind } = owner;
    const segment = { key: owner.segmentKey(index), kind, members, expires: life.end() };
    const { done, stored } = await table.add({ ...segment, now: life.now(), cap: SEAL });
    if (done) takeIn(chain, index, stored);
    else if (life.isOver(stored.expires)) {
      const anew = { ...segment, version: members.length };
      const { done } = await table.put(anew, stored);
      if (done) takeIn(chain, index, anew);
    } else if (stored.kind !== kind) return stored;
    else {
      takeIn(chain, index, stored);
      // One segment on is where the tip is nearly always; who is further behind does better to read than to knock.
      if (++sealed % 2 === 0) await follow(chain, owner, ground);
    }
  }
}

function addMember(into: Pairs, member: Uint8Array, key: string): void {
  const pair = pairOf(member);
  if (pair === null) throw new Error(`the stored segment ${key} holds what is no member`);
  addPair(into, ...pair);
}

/** Members that are not known, as many as one write takes. */
function unknownOf(delta: Pairs, known: Pairs): Uint8Array[] {
  const members: Uint8Array[] = [];
  eachPair(delta, (target, call) => {
    if (members.length < CHUNK && !hasPair(known, target, call)) members.push(memberOf(target, call));
  });
  return members;
}

/** Whether a segment of it has expired by now, so that nothing of it is to be believed. */
export function isOver({ expires }: Chain, { life }: Ground): boolean {
  return expires.some(life.isOver);
}

/**
 * Lets worn segments live on, so that a chain lives or expires as one. False where that came too late: then the chain
 * has been forgotten, and is to be begun anew.
 */
export async function renew(chain: Chain, { segmentKey }: Owner, { table, life }: Ground): Promise<boolean> {
  const worn = [...chain.expires.keys()].filter((index) => life.isWorn(chain.expires[index] ?? 0));
  if (worn.length === 0) return true;
  const items = await table.read(worn.map(segmentKey));
  for (const index of worn) {
    const segment = items.get(segmentKey(index));
    if (segment === undefined || life.isOver(segment.expires)) return false;
    const renewed = life.isWorn(segment.expires) ? { ...segment, expires: life.end() } : segment;
    const outcome = renewed === segment ? { done: true as const } : await table.put(renewed, segment);
    if (outcome.done) chain.expires[index] = renewed.expires;
    else if (outcome.stored === null) return false;
    else chain.expires[index] = outcome.stored.expires;
  }
  return true;
}
