/**
 * Reads the part of Terraform's language that modules of data are written in, strictly and by itself, so that what was
 * written can be held against what was meant. Code other than data comes back as `{ code }`.
 */

export interface ReadBlock {
  readonly head: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly blocks: readonly ReadBlock[];
}

/** Blocks by their words, such as `resource aws_iam_role vendor`; throws where the text is not of that language. */
export function readHcl(text: string): ReadonlyMap<string, ReadBlock> {
  const { body, at } = readBody(text, 0);
  if (at !== text.length) throw new Error(`not read to its end: ${JSON.stringify(text.slice(at, at + 40))}`);
  return new Map(body.blocks.map((block) => [block.head, block]));
}

const ESCAPED: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", '"': '"', "\\": "\\" };

/** Space, line ends and remarks. */
function skip(text: string, from: number): number {
  return from + (/^(?:\s|#[^\n]*(?:\n|$))*/.exec(text.slice(from))?.[0].length ?? 0);
}

function readBody(text: string, from: number): { body: Omit<ReadBlock, "head">; at: number } {
  const attributes: Record<string, unknown> = {};
  const blocks: ReadBlock[] = [];
  let at = skip(text, from);
  while (at < text.length && text[at] !== "}") {
    const attribute = /^(\w+) *= (?!=)/.exec(text.slice(at));
    if (attribute !== null) {
      const read = readValue(text, at + attribute[0].length);
      if (Object.hasOwn(attributes, attribute[1]!)) throw new Error(`${attribute[1]} twice`);
      attributes[attribute[1]!] = read.value;
      if (!/^ *\n/.test(text.slice(read.at))) throw new Error(`something follows ${attribute[1]}`);
      at = skip(text, read.at);
      continue;
    }
    const block = /^(\w+)((?: "\w+")*) \{/.exec(text.slice(at));
    if (block === null) throw new Error(`neither attribute nor block: ${JSON.stringify(text.slice(at, at + 40))}`);
    const inner = readBody(text, at + block[0].length);
    if (text[inner.at] !== "}") throw new Error(`${block[1]} does not end`);
    blocks.push({ head: `${block[1]}${block[2]!.replaceAll('"', "")}`, ...inner.body });
    at = skip(text, inner.at + 1);
  }
  return { body: { attributes, blocks }, at };
}

function readValue(text: string, from: number): { value: unknown; at: number } {
  const rest = text.slice(from);
  if (rest.startsWith('"')) return readString(text, from);
  if (rest.startsWith("jsonencode(")) {
    const read = readValue(text, from + "jsonencode(".length);
    if (text[read.at] !== ")") throw new Error("jsonencode takes one value");
    return { value: read.value, at: read.at + 1 };
  }
  if (rest.startsWith("[") || rest.startsWith("{")) return readCollection(text, from);
  const literal = /^(?:true|false|-?\d+(?:\.\d+)?)(?=[\s,\]})])/.exec(rest);
  if (literal !== null) return { value: JSON.parse(literal[0]) as unknown, at: from + literal[0].length };
  const code = /^[\w.]+(?:\(.*\)(?: && .*)?|(?: >= .*))?/.exec(rest);
  if (code === null) throw new Error(`no value: ${JSON.stringify(rest.slice(0, 40))}`);
  return { value: { code: code[0] }, at: from + code[0].length };
}

function readCollection(text: string, from: number): { value: unknown; at: number } {
  const [isList, close] = text[from] === "[" ? [true, "]"] : [false, "}"];
  const list: unknown[] = [];
  const record: Record<string, unknown> = {};
  let at = skip(text, from + 1);
  while (text[at] !== close) {
    if (isList) {
      const read = readValue(text, at);
      list.push(read.value);
      at = text[read.at] === "," ? skip(text, read.at + 1) : skip(text, read.at);
      continue;
    }
    const bare = /^[A-Za-z_]+(?= *=)/.exec(text.slice(at));
    const key = bare === null ? readString(text, at) : { value: bare[0], at: at + bare[0].length };
    const sign = /^ *= /.exec(text.slice(key.at));
    if (sign === null || typeof key.value !== "string") throw new Error("a key without a value");
    const read = readValue(text, key.at + sign[0].length);
    record[key.value] = read.value;
    at = skip(text, read.at);
  }
  return { value: isList ? list : record, at: at + 1 };
}

/** A quoted template: data where nothing is interpolated in it, else code. */
function readString(text: string, from: number): { value: unknown; at: number } {
  if (text[from] !== '"') throw new Error(`no string: ${JSON.stringify(text.slice(from, from + 40))}`);
  let value = "";
  let isCode = false;
  let at = from + 1;
  for (;;) {
    const rest = text.slice(at, at + 6);
    const character = rest[0];
    if (character === undefined || character === "\n") throw new Error("a string does not end on its line");
    if (character === '"') return { value: isCode ? { code: text.slice(from, at + 1) } : value, at: at + 1 };
    const unicode = /^\\u([0-9a-f]{4})/.exec(rest);
    if (unicode !== null) {
      value += String.fromCharCode(parseInt(unicode[1]!, 16));
      at += 6;
    } else if (character === "\\") {
      const escaped = ESCAPED[rest[1] ?? ""];
      if (escaped === undefined) throw new Error(`no escape: ${rest}`);
      value += escaped;
      at += 2;
    } else if (/^(?:\$\$|%%)\{/.test(rest)) {
      if (text[at - 1] === character) throw new Error("a doubled sign after a sign of its kind is read in two ways");
      value += `${character}{`;
      at += 3;
    } else {
      if (/^[$%]\{/.test(rest)) isCode = true;
      value += character;
      at += 1;
    }
  }
}
