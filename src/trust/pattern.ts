/** A compiled text of a policy: UTF-16 code units, and numbers that no code unit has. */
export interface Pattern {
  readonly tokens: readonly number[];
  /** Compared ignoring case; the tokens are in lower case then. */
  readonly fold: boolean;
  /** Holds a policy variable, which may stand for anything: a match is no more than possible. */
  readonly uncertain: boolean;
  /** Neither a wildcard nor a variable: one text, as it is written in the policy. */
  readonly literal: string | null;
}

/** Any run of characters, the empty one too. */
export const ANY_RUN = -1;
/** Exactly one character. */
export const ANY_ONE = -2;

export interface Reading {
  /** Whether `*` and `?` are wildcards, as in StringLike, or themselves, as in StringEquals. */
  readonly wild: boolean;
  readonly fold: boolean;
  /** Whether `${…}` is a variable: only in policies of version 2012-10-17. */
  readonly variables: boolean;
}

/**
 * Compiles a value of a condition. `${*}`, `${?}` and `${$}` are those characters themselves.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function pattern(text: string, { wild, fold, variables }: Reading): Pattern {
  const tokens: number[] = [];
  let literal = "";
  let uncertain = false;
  for (let at = 0; at < text.length; at++) {
    const end = variables && text.startsWith("${", at) ? text.indexOf("}", at) : -1;
    if (end === -1) {
      const unit = text.charCodeAt(at);
      tokens.push(wild && unit === 0x2a ? ANY_RUN : wild && unit === 0x3f ? ANY_ONE : folded(unit, fold));
      literal += text.charAt(at);
    } else {
      const name = text.slice(at + 2, end);
      const itself = /^[*?$]$/.test(name);
      tokens.push(itself ? name.charCodeAt(0) : ANY_RUN);
      literal += name;
      uncertain ||= !itself;
      at = end;
    }
  }
  return { tokens, fold, uncertain, literal: tokens.some((token) => token < 0) ? null : literal };
}

/** The code unit in lower case where case is ignored. */
export function folded(unit: number, fold: boolean): number {
  return fold ? String.fromCharCode(unit).toLowerCase().charCodeAt(0) : unit;
}

/** Whether the whole text matches. */
export function matches({ tokens, fold }: Pattern, text: string): boolean {
  return fits(tokens, text, fold);
}

/**
 * Whether the tokens fit the whole text; where case is ignored they are in lower case. Two pointers and one place to return to, the latest `*`: at worst the product of both
 * lengths, never exponential, whatever was written in a policy or sent by an attacker.
 * @see https://research.swtch.com/glob
 */
export function fits(tokens: readonly number[], text: string, fold = false): boolean {
  let at = 0;
  let within = 0;
  let star = -1;
  let resume = 0;
  while (at < text.length) {
    const token = tokens[within];
    if (token === ANY_RUN) {
      star = within++;
      resume = at;
    } else if (token === ANY_ONE || token === folded(text.charCodeAt(at), fold)) {
      within++;
      at++;
    } else if (star !== -1) {
      within = star + 1;
      at = ++resume;
    } else return false;
  }
  while (tokens[within] === ANY_RUN) within++;
  return within === tokens.length;
}
