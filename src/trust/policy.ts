import { condition, type Condition } from "./condition.ts";
import { pattern, type Pattern } from "./pattern.ts";
import { principal, type Principal } from "./principal.ts";

/**
 * A policy as it is judged: what may be written in several ways is written in one.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export interface Policy {
  /** Only 2012-10-17 knows variables; without a Version it is 2008-10-17. */
  readonly version: "2008-10-17" | "2012-10-17";
  readonly statements: readonly Statement[];
  /** Whether statements name resources: then it is a bucket's, a key's or a queue's policy, and no role's. */
  readonly ofResource: boolean;
  /** The document as it was parsed, to be corrected in a fix. */
  readonly document: Readonly<Record<string, unknown>>;
}

export interface Statement {
  /** Where it stands in the document, from 0. */
  readonly index: number;
  readonly effect: "Allow" | "Deny";
  /** `except`: NotPrincipal, all but these. */
  readonly principals: { readonly except: boolean; readonly list: readonly Principal[] };
  readonly actions: { readonly except: boolean; readonly globs: readonly Pattern[] };
  readonly conditions: readonly Condition[];
}

/** A policy, or one sentence about why there is none; the sentence quotes nothing of the document. */
export type PolicyReading =
  { readonly policy: Policy; readonly reason?: undefined } | { readonly reason: string; readonly policy?: undefined };

/** Five times what IAM takes; longer ones are refused rather than judged slowly. In characters. */
const LONGEST = 20_480;
const MOST_STATEMENTS = 200;
const MOST_VALUES = 1_000;

/**
 * Reads a policy document: an object, its JSON text, or that text URL-encoded as IAM's API answers it. Never throws.
 * A role's trust policy holds 2,048 characters by default and 4,096 at most; a bucket's policy 20 KB.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export function readPolicy(input: unknown): PolicyReading {
  const document = typeof input === "string" ? parsed(input) : input;
  if (typeof document === "symbol") return { reason: document.description ?? "" };
  if (!isFields(document)) return { reason: "not a JSON object" };
  if (typeof input !== "string" && isLong(document)) return { reason: TOO_LONG };
  const written = listOf(document.Statement);
  if (written.length === 0) return { reason: "it has no Statement" };
  if (written.length > MOST_STATEMENTS) return { reason: `more than ${MOST_STATEMENTS} statements` };
  const version = document.Version === "2012-10-17" ? "2012-10-17" : "2008-10-17";
  const statements: Statement[] = [];
  for (const [index, each] of written.entries()) {
    const statement = isFields(each) ? statementOf(each, index, version === "2012-10-17") : "is not a JSON object";
    if (typeof statement === "string") return { reason: `statement ${index} ${statement}` };
    statements.push(statement);
  }
  const ofResource = written.some((each) => isFields(each) && ("Resource" in each || "NotResource" in each));
  return { policy: { version, statements, ofResource, document } };
}

const TOO_LONG = `longer than ${LONGEST} characters`;

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
}

/** A symbol names the fault: no JSON is one. */
function parsed(text: string): unknown {
  if (text.length > 3 * LONGEST) return Symbol(TOO_LONG);
  try {
    const plain = /^\s*%7B/i.test(text) ? decodeURIComponent(text.replaceAll("+", " ")) : text;
    return plain.length > LONGEST ? Symbol(TOO_LONG) : (JSON.parse(plain) as unknown);
  } catch {
    return Symbol("not JSON");
  }
}

/** An object that was parsed elsewhere may be of any size; what cannot be written as JSON is no document. */
function isLong(document: Fields): boolean {
  try {
    return JSON.stringify(document).length > LONGEST;
  } catch {
    return true;
  }
}

/** The statement, or what is wrong with it. */
function statementOf(written: Fields, index: number, variables: boolean): Statement | string {
  const { Effect: effect } = written;
  if (effect !== "Allow" && effect !== "Deny") return "has an Effect that is neither Allow nor Deny";
  const except = { principals: written.Principal === undefined, actions: written.Action === undefined };
  const list = principalsOf(except.principals ? written.NotPrincipal : written.Principal);
  if (list === null) return "names no Principal, so it is not of a trust policy";
  const globs = textsOf(except.actions ? written.NotAction : written.Action);
  if (globs === null || globs.length === 0) return "names no Action";
  const conditions = conditionsOf(written.Condition, variables);
  if (conditions === null) return "has a Condition that cannot be read";
  return {
    ...{ index, effect, conditions },
    principals: { except: except.principals, list },
    actions: {
      except: except.actions,
      globs: globs.map((glob) => pattern(glob.toLowerCase(), { wild: true, fold: true, variables: false })),
    },
  };
}

/** Null where none is named; `Principal: "*"` is the same as `{"AWS": "*"}`. */
function principalsOf(written: unknown): readonly Principal[] | null {
  if (typeof written === "string") return [principal("AWS", written)];
  if (!isFields(written)) return null;
  const list = Object.entries(written).flatMap(([type, names]) =>
    (textsOf(names) ?? []).map((name) => principal(type, name)),
  );
  return list.length === 0 ? null : list;
}

/** Null where one of them is neither text, number nor truth value. */
function textsOf(written: unknown): readonly string[] | null {
  const list = listOf(written);
  if (list.length > MOST_VALUES) return null;
  const texts = list.map((each) => (typeof each === "number" || typeof each === "boolean" ? String(each) : each));
  return texts.every((each) => typeof each === "string") ? texts : null;
}

function conditionsOf(written: unknown, variables: boolean): readonly Condition[] | null {
  if (written === undefined) return [];
  if (!isFields(written)) return null;
  const conditions: Condition[] = [];
  for (const [operator, keys] of Object.entries(written)) {
    if (!isFields(keys)) return null;
    for (const [key, values] of Object.entries(keys)) {
      const texts = textsOf(values);
      if (texts === null) return null;
      conditions.push(condition(operator, key, texts, variables));
    }
  }
  return conditions;
}
