/** A text that must not be found, and whose it is. */
export interface Needle {
  /** As bytes: one character a byte, eight or more. */
  readonly text: string;
  /** What is said where it is found: never the secret itself. */
  readonly name: string;
}

/** Looks for needles in bytes. */
export interface Scanner {
  /** Names of the needles that the bytes hold, each once. */
  readonly namesIn: (bytes: Uint8Array) => readonly string[];
}

const HEAD = 8;
const FILTER_BITS = 24;

/**
 * A scanner in linear time, however many needles there are: the first eight bytes of each are looked up in a table of
 * bits at every place, and only where the bit is set is anything compared.
 */
export function scannerFor(needles: Iterable<Needle>): Scanner {
  const filter = new Uint8Array(2 ** FILTER_BITS / 8);
  const byHead = new Map<string, Needle[]>();
  for (const needle of needles) {
    if (needle.text.length < HEAD) throw new RangeError(`a needle has ${HEAD} bytes or more: ${needle.name}`);
    const head = Buffer.from(needle.text.slice(0, HEAD), "latin1");
    const at = placeOf(wordAt(head, 0), wordAt(head, 4));
    filter[at >>> 3] = (filter[at >>> 3] ?? 0) | (1 << (at & 7));
    const own = byHead.get(head.toString("latin1"));
    if (own === undefined) byHead.set(head.toString("latin1"), [needle]);
    else own.push(needle);
  }
  return {
    namesIn: (bytes) => {
      const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const found = new Set<string>();
      if (text.length < HEAD) return [];
      let [first, second] = [wordAt(text, 0), wordAt(text, 4)];
      for (let at = 0; ; at++) {
        const place = placeOf(first, second);
        if (((filter[place >>> 3] ?? 0) >>> (place & 7)) & 1) {
          for (const { text: wanted, name } of byHead.get(text.subarray(at, at + HEAD).toString("latin1")) ?? [])
            if (text.subarray(at, at + wanted.length).toString("latin1") === wanted) found.add(name);
        }
        if (at + HEAD >= text.length) return [...found];
        first = (first << 8) | (second >>> 24);
        second = (second << 8) | (text[at + HEAD] ?? 0);
      }
    },
  };
}

/** Four bytes as a number, the first one highest. */
function wordAt(bytes: Buffer, at: number): number {
  return bytes.readInt32BE(at);
}

function placeOf(first: number, second: number): number {
  const mixed = Math.imul(first, 0x9e3779b1) ^ Math.imul(second ^ (first >>> 13), 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) >>> (32 - FILTER_BITS);
}
