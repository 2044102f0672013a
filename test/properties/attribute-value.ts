import { decodeCell, encodeCell, type Cell } from "../../src/memory/cell.ts";
import { cellOf, partsOf } from "../../src/memory/parts.ts";
import { addPair, eachPair, noPairs, type Pairs } from "../../src/memory/pairs.ts";

/** DynamoDB's own types, as far as cells need them. */
interface Attributes {
  readonly kind: { readonly S: string };
  readonly rest: { readonly S: string };
  readonly members?: { readonly BS: readonly Buffer[] };
}

/**
 * A cell taken apart as the DynamoDB store does, carried as attribute values over bytes, and put together again: text
 * as UTF-8, in which half a surrogate pair would not survive, and members as a set of 8 bytes each, which has no order.
 */
export function throughDynamoDb(cell: Cell): Cell {
  const { kind, rest, members } = partsOf(cell);
  const sent: Attributes = {
    kind: { S: kind },
    rest: { S: overUtf8(rest) },
    ...(members && { members: { BS: packed(members) } }),
  };
  return decodeCell(
    encodeCell(cellOf(sent.kind.S, sent.rest.S, sent.members === undefined ? null : unpacked(sent.members.BS))),
  );
}

function overUtf8(text: string): string {
  return Buffer.from(text, "utf8").toString("utf8");
}

function packed(members: Pairs): readonly Buffer[] {
  const all: Buffer[] = [];
  eachPair(members, (target, call) => {
    const bytes = Buffer.alloc(8);
    bytes.writeUInt32BE(target, 0);
    bytes.writeUInt32BE(call, 4);
    all.push(bytes);
  });
  return all.reverse();
}

function unpacked(members: readonly Buffer[]): Pairs {
  const value = noPairs();
  for (const bytes of members) addPair(value, bytes.readUInt32BE(0), bytes.readUInt32BE(4));
  return value;
}
