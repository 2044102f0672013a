import { alphabetsOf, SEPARATOR } from "./name-alphabet.ts";
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
  let whole = "";
  eachToken(sessionName, target, (shape, _, separator) => {
    whole += shape + separator;
  });
  return whole;
}

/** The tokens of a session name, with what each is; {@link shapeOf} is these in a row. */
export function readName(sessionName: string, target: NameTarget): ReadName {
  const tokens: NameToken[] = [];
  let separators = "";
  eachToken(sessionName, target, (shape, text, separator) => {
    tokens.push({ shape, text });
    separators += separator;
  });
  return { tokens, separators };
}

/** A shape taken apart as the names that have it are. */
export function splitShape(shape: string): { readonly tokens: readonly string[]; readonly separators: string } {
  const tokens = shape.split(/[-_.=,@+]/);
  return { tokens, separators: shape.replaceAll(/[^-_.=,@+]/g, "") };
}

type Visit = (shape: string, text: string, separator: string) => void;

/** Every assumption of a customer's role comes by here: characters are looked up, and expressions asked last. */
function eachToken(sessionName: string, { tenant, account }: NameTarget, visit: Visit): void {
  const isCut = sessionName.length > LONGEST_NAME;
  const name = isCut ? sessionName.slice(0, LONGEST_NAME) : sessionName;
  let before = "";
  for (let at = 0, end = 0; at <= name.length; at = end + 1) {
    const tenantEnd = ownEnd(name, at, tenant);
    const accountEnd = ownEnd(name, at, account);
    end = Math.max(tenantEnd, accountEnd);
    let shape = end === tenantEnd ? "{tenant}" : "{account}";
    if (end === NOWHERE) {
      end = tokenEnd(name, at);
      const compound = mayBeCompound(name, at, end) ? compoundAt(name, at) : undefined;
      if (compound !== undefined) end = at + compound.text.length;
      shape = compound?.shape ?? wordShape(name.slice(at, end), before);
    }
    const text = name.slice(at, end);
    if (isCut && end === name.length) visit(shape + CUT, text + CUT, "");
    else visit(shape, text, name.charAt(end));
    before = shape;
  }
}

const NOWHERE = -1;

/** Where the target's own name ends that begins here. */
function ownEnd(name: string, at: number, own: string | null): number {
  if (own === null || own === "" || !name.startsWith(own, at)) return NOWHERE;
  const end = at + own.length;
  return isBorder(name, end) ? end : NOWHERE;
}

function isBorder(name: string, at: number): boolean {
  return at === name.length || (alphabetsOf(name.charCodeAt(at)) & SEPARATOR) !== 0;
}

function tokenEnd(name: string, from: number): number {
  let end = from;
  while (!isBorder(name, end)) end++;
  return end;
}

function compound(source: string): RegExp {
  return new RegExp(`^${source}${BORDER}`);
}

/** By the first token's make: a year, the one letter of an instance, the eight digits of a UUID. */
function mayBeCompound(name: string, at: number, end: number): boolean {
  const length = end - at;
  if (length === 1) return name.startsWith("i-", at);
  if (length === 8 && name.startsWith("-", end) && name.startsWith("-", end + 5)) return true;
  return length >= 4 && name.startsWith("20", at);
}

function compoundAt(name: string, at: number): NameToken | undefined {
  const rest = name.slice(at);
  for (const [shape, pattern] of COMPOUNDS) {
    const text = pattern.exec(rest)?.[0];
    if (text !== undefined) return { shape, text };
  }
  return undefined;
}

/** After a ReplicaSet's hash comes a pod's ending, whether there happens to be a digit in it or not. */
function wordShape(text: string, before: string): string {
  return before === "{podhash}" && isPodEnding(text) ? "{pod5}" : tokenShape(text);
}
