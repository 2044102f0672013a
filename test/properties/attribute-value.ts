import type { Cell } from "../../src/memory/cell.ts";
import { cellOf, partsOf } from "../../src/memory/parts.ts";
import { addPair, eachPair, noPairs, type Pairs } from "../../src/memory/pairs.ts";
import { memberOf, pairOf } from "../../src/stores/dynamodb/member.ts";

/**
 * A cell taken apart as the DynamoDB store does, carried over bytes, and put together again: its text as UTF-8, in which
 * half a surrogate pair would not survive, and its members as a set, which has no order.
 */
export function throughDynamoDb(cell: Cell): Cell {
  const { kind, rest, members } = partsOf(cell);
  return cellOf(kind, Buffer.from(rest, "utf8").toString("utf8"), members && unpacked(packed(members).reverse()));
}

function packed(members: Pairs): Uint8Array[] {
  const all: Uint8Array[] = [];
  eachPair(members, (target, call) => {
    all.push(memberOf(target, call));
  });
  return all;
}

function unpacked(members: readonly Uint8Array[]): Pairs {
  const value = noPairs();
  for (const member of members) {
    const [target, call] = pairOf(member) ?? [0, 0];
    addPair(value, target, call);
  }
  return value;
}
