import type { NameTarget } from "../../src/outbound/name-shape.ts";

const BORDER = String.raw`(?=[-_.=,@+]|$)`;
const DAY = String.raw`20\d\d([-._]?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])`;
const HOUR = String.raw`(?:[01]\d|2[0-3])`;
const SECONDS = String.raw`[0-5]\d(?:[.,]?(?:\d{9}|\d{6}|\d{3}))?`;
const TIME = String.raw`(?:T${HOUR}([-._]?)[0-5]\d(?:\2${SECONDS})?|[-_]?${HOUR}([-._]?)[0-5]\d\3${SECONDS})(?:Z|\+\d{4})?`;

const COMPOUNDS = (
  [
    ["{uuid}", "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"],
    ["{UUID}", "[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}"],
    ["{instance}", "i-(?:[0-9a-f]{8}|[0-9a-f]{17})"],
    ["{timestamp}", DAY + TIME],
    ["{date}", DAY],
  ] as const
).map(([shape, source]) => [shape, new RegExp(`^${source}${BORDER}`)] as const);

const HEX_WORDS =
  "abc|ace|add|bad|bed|bee|cab|cad|dab|dad|dec|fab|fad|fed|fee|feb|abed|aced|babe|bade|bead|beef|cafe|cede|dace|dead|" +
  "deaf|deed|face|fade|feed|added|ceded|decaf|ebbed|faced|faded|accede|beaded|beefed|decade|deface|efface|facade|" +
  "acceded|defaced|effaced|(?:abed|aced|babe|bade|bead|beef|cafe|cede|dace|dead|deaf|deed|face|fade|feed){2}";
const HEX_WORD = new RegExp(String.raw`^(?:${HEX_WORDS})\d*$`, "i");

/** A shape as regular expressions say it, slowly, for what is fast to be held against. */
export function shapeByExpressions(sessionName: string, { tenant, account }: NameTarget): string {
  let rest = sessionName.slice(0, 64);
  let shape = "";
  let before = "";
  for (;;) {
    const token = tokenOf(rest, before, tenant ?? "", account ?? "");
    shape += token.shape + rest.charAt(token.length);
    before = token.shape;
    if (token.length === rest.length) return sessionName.length > 64 ? `${shape}…` : shape;
    rest = rest.slice(token.length + 1);
  }
}

function tokenOf(rest: string, before: string, tenant: string, account: string) {
  const own = [
    { shape: "{tenant}", length: tenant.length, fits: startsWithToken(rest, tenant) },
    { shape: "{account}", length: account.length, fits: startsWithToken(rest, account) },
  ].filter(({ fits }) => fits);
  if (own.length > 0) return own.reduce((one, other) => (other.length > one.length ? other : one));
  for (const [shape, pattern] of COMPOUNDS) {
    const match = pattern.exec(rest);
    if (match !== null) return { shape, length: match[0].length };
  }
  const text = /^[^-_.=,@+]*/.exec(rest)?.[0] ?? "";
  const isPod = before === "{podhash}" && /^[bcdfghjklmnpqrstvwxz2456789]{5}$/.test(text);
  return { shape: isPod ? "{pod5}" : wordByExpressions(text), length: text.length };
}

function startsWithToken(rest: string, own: string): boolean {
  return own !== "" && rest.startsWith(own) && /^(?:[-_.=,@+]|$)/.test(rest.slice(own.length));
}

function wordByExpressions(text: string): string {
  const { length } = text;
  const isHexWord = length <= 2 * text.search(/\d|$/) && HEX_WORD.test(text);
  if (/^\d+$/.test(text)) return numberByExpressions(text);
  if (!/\d/.test(text)) return text.replaceAll(/[^A-Za-z0-9]/g, "?");
  if (/^[bcdfghjklmnpqrstvwxz2456789]{5}$/.test(text)) return "{pod5}";
  if (/^[bcdfghjklmnpqrstvwxz2456789]{8,10}$/.test(text)) return "{podhash}";
  if (/^[0-9a-f]{4,}$/.test(text) && !isHexWord) return `{hex${length}}`;
  if (/^[0-9A-F]{4,}$/.test(text) && !isHexWord) return `{HEX${length}}`;
  if (/^[A-Za-z]+\d+$/.test(text)) return text.replace(/\d+$/, numberByExpressions);
  if (/^(?=.{12})[A-Za-z0-9]*\d[A-Za-z]+\d[A-Za-z0-9]*$/.test(text)) return `{random${length}}`;
  return text.replaceAll(/[^A-Za-z0-9]/g, "?");
}

function numberByExpressions(number: string): string {
  if (number.length <= 6) return "{digits}";
  const kind = /^1(?:\d{9}|\d{12}|\d{15}|\d{18})$/.test(number) ? "epoch" : "digits";
  return `{${kind}${number.length}}`;
}
