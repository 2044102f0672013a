import { isPodEnding, tokenShape } from "./name-token.ts";

/** Whose role is entered; null where the registry does not know. */
export interface NameTarget {
  readonly tenant: string | null;
  readonly account: string | null;
}

/** One token of a session name: its shape, and the text that has it. */
export interface NameToken {
  readonly shape: string;
  readonly text: string;
}

/** A session name taken apart: one token more than there are separators; tokens may be empty. */
export interface ReadName {
  readonly tokens: readonly NameToken[];
  readonly separators: string;
}

/** STS grants no longer name. @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const LONGEST_NAME = 64;
const CUT = "…";
const SEPARATORS = "-_.=,@+";
/** Where a token may end. */
const BORDER = String.raw`(?=[-_.=,@+]|$)`;

const DAY = String.raw`20\d\d([-._]?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])`;
const HOUR = String.raw`(?:[01]\d|2[0-3])`;
const SECONDS = String.raw`[0-5]\d(?:[.,]?(?:\d{9}|\d{6}|\d{3}))?`;
/** An hour and a minute tell the time after a `T`; without it the seconds are asked for, as two counters look like both. */
const TIME = String.raw`(?:T${HOUR}([-._]?)[0-5]\d(?:\2${SECONDS})?|[-_]?${HOUR}([-._]?)[0-5]\d\3${SECONDS})(?:Z|\+\d{4})?`;

/** What varies by nature and may hold separators, or is told by more than its make; the first that fits is taken. */
const COMPOUNDS: readonly (readonly [string, RegExp])[] = [
  ["{uuid}", compound("[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")],
  ["{UUID}", compound("[0-9A-F]{8}-(?:[0-9A-F]{4}-){3}[0-9A-F]{12}")],
  ["{instance}", compound("i-(?:[0-9a-f]{17}|[0-9a-f]{8})")],
  ["{timestamp}", compound(DAY + TIME)],
  ["{date}", compound(DAY)],
];

/** How all of them begin, asked first: most tokens are none. */
const MAYBE_COMPOUND = /^(?:20\d\d|i-|[0-9A-Fa-f]{8}-)/;

/**
 * The shape of a session name: the name with placeholders where it varies by nature, such as `scan-{tenant}-{hex8}`.
 * `{tenant}` and `{account}` stand for the target's own and nobody else's, from token border to token border; another
 * tenant's name stays what it is and makes another shape. `{uuid}`, `{instance}`, `{date}` and `{timestamp}` are what
 * they say; the other placeholders, and what is a word, see {@link tokenShape}. Tokens end at `-_.=,@+`. Case counts.
 *
 * Any text has a shape, in time linear to its first 64 characters, of at most 300 printable characters; what STS would
 * not grant is in it as `?`, and its being too long as `…`. Words are in it as the caller chose them: hostile text.
 */
export function shapeOf(sessionName: string, target: NameTarget): string {
  const { tokens, separators } = readName(sessionName, target);
  return tokens.map(({ shape }, at) => shape + separators.charAt(at)).join("");
}

/** The tokens of a session name, with what each is; {@link shapeOf} is these in a row. */
export function readName(sessionName: string, target: NameTarget): ReadName {
  const name = sessionName.slice(0, LONGEST_NAME);
  const own = ownNames(target);
  const tokens: NameToken[] = [];
  let separators = "";
  for (let at = 0; at <= name.length;) {
    const end = tokenEnd(name, at);
    const token = ownName(name, at, own) ?? compoundName(name, at) ?? wordFrom(name.slice(at, end), tokens.at(-1));
    tokens.push(token);
    at += token.text.length;
    separators += name.charAt(at++);
  }
  const last = tokens.at(-1);
  if (last !== undefined && sessionName.length > LONGEST_NAME)
    tokens.splice(-1, 1, { shape: last.shape + CUT, text: last.text + CUT });
  return { tokens, separators };
}

/** A shape taken apart as the names that have it are. */
export function splitShape(shape: string): { readonly tokens: readonly string[]; readonly separators: string } {
  const tokens = shape.split(/[-_.=,@+]/);
  return { tokens, separators: shape.replaceAll(/[^-_.=,@+]/g, "") };
}

function ownNames({ tenant, account }: NameTarget): readonly NameToken[] {
  return [
    { shape: "{tenant}", text: tenant ?? "" },
    { shape: "{account}", text: account ?? "" },
  ]
    .filter(({ text }) => text !== "")
    .sort((one, other) => other.text.length - one.text.length);
}

function ownName(name: string, at: number, own: readonly NameToken[]): NameToken | undefined {
  return own.find(({ text }) => name.startsWith(text, at) && isBorder(name, at + text.length));
}

function compound(source: string): RegExp {
  return new RegExp(`^${source}${BORDER}`);
}

function compoundName(name: string, at: number): NameToken | undefined {
  const rest = name.slice(at);
  if (!MAYBE_COMPOUND.test(rest)) return undefined;
  for (const [shape, pattern] of COMPOUNDS) {
    const text = pattern.exec(rest)?.[0];
    if (text !== undefined) return { shape, text };
  }
  return undefined;
}

/** After a ReplicaSet's hash comes a pod's ending, whether there happens to be a digit in it or not. */
function wordFrom(text: string, before: NameToken | undefined): NameToken {
  const shape = before?.shape === "{podhash}" && isPodEnding(text) ? "{pod5}" : tokenShape(text);
  return { shape, text };
}

function isBorder(name: string, at: number): boolean {
  return at === name.length || SEPARATORS.includes(name.charAt(at));
}

function tokenEnd(name: string, from: number): number {
  let end = from;
  while (!isBorder(name, end)) end++;
  return end;
}
