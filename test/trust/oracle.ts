/**
 * A second opinion on trust policies, written from AWS's documentation and from nothing in `src/trust`: it decides one
 * concrete request by brute force, so that the auditor's reasoning about all requests can be held against it, and so
 * that a local STS can answer as the real one would.
 *
 * What AWS leaves open is decided for the intruder: an Allow that may apply applies, a Deny that may apply does not.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export interface Attempt {
  /** `arn:aws:sts::A:assumed-role/R/S`, `arn:aws:iam::A:role/R` (some session of it), `…:user/U`, `…:root`. */
  readonly principalArn: string;
  readonly externalId: string | null;
  /** `aws:MultiFactorAuthPresent`; null is a request that lacks the key, as long-term keys send it. */
  readonly mfa: boolean | null;
  /** Default `sts:AssumeRole`. */
  readonly action?: string;
  /** Further context keys, in any spelling; what is not here is absent. */
  readonly context?: Readonly<Record<string, string>>;
}

/** Whether the role with this trust policy may be assumed so. A policy that is no JSON object lets nobody in. */
export function mayAssume(policyText: string, attempt: Attempt): boolean {
  return askedOften(policyText)(attempt);
}

/** The same for many attempts on one policy. */
export function askedOften(policyText: string): (attempt: Attempt) => boolean {
  let policy: Json;
  try {
    policy = JSON.parse(policyText) as Json;
  } catch {
    return () => false;
  }
  if (!isObject(policy)) return () => false;
  const variables = policy.Version === "2012-10-17";
  const statements = listOf(policy.Statement).filter(isObject);
  return (attempt) => {
    const applies = (effect: string, doubt: boolean): boolean =>
      statements.some((statement) => statement.Effect === effect && covers(statement, attempt, doubt, variables));
    return applies("Allow", true) && !applies("Deny", false);
  };
}

type Json = string | number | boolean | null | undefined | readonly Json[] | { readonly [name: string]: Json };
type Fields = Readonly<Record<string, Json>>;

function isObject(value: Json): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function listOf(value: Json): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : value === undefined ? [] : [value];
}

function textsOf(value: Json): string[] {
  return listOf(value).map((each) => (typeof each === "object" ? JSON.stringify(each) : String(each)));
}

/** `doubt` is the answer where nobody can know. */
function covers(statement: Fields, attempt: Attempt, doubt: boolean, variables: boolean): boolean {
  return (
    coversAction(statement, attempt.action ?? "sts:AssumeRole") &&
    coversPrincipal(statement, attempt.principalArn, doubt) &&
    Object.entries(isObject(statement.Condition) ? statement.Condition : {}).every(([operator, keys]) =>
      Object.entries(isObject(keys) ? keys : {}).every(([key, wanted]) =>
        holds(operator, key, valueOf(key, attempt), textsOf(wanted), doubt, variables),
      ),
    )
  );
}

function coversAction({ Action, NotAction }: Fields, action: string): boolean {
  const among = (list: Json): boolean =>
    textsOf(list).some((glob) => glob === action || regexOf(glob.toLowerCase(), true).test(action.toLowerCase()));
  return Action === undefined ? !among(NotAction) : among(Action);
}

/**
 * A caller is three at once: its session, its role, its account. One of them named is enough for Principal. NotPrincipal
 * is sure only where none is named, or all are: AWS says that it may look at the account first, then the role.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
 */
function coversPrincipal({ Principal, NotPrincipal }: Fields, arn: string, doubt: boolean): boolean {
  const names = (list: Json): string[] =>
    list === "*" ? ["*"] : isObject(list) ? textsOf(list.AWS).map(spelledOut) : [];
  const faces = facesOf(arn);
  const named = (face: string, list: readonly string[]): boolean => list.includes("*") || list.includes(face);
  if (Principal !== undefined) {
    const list = names(Principal);
    if (list.some((name) => /^A(?:ROA|IDA)/.test(name))) {
      if (doubt) return true;
    }
    return faces.some((face) => named(face, list));
  }
  const list = names(NotPrincipal);
  const hits = faces.filter((face) => named(face, list)).length;
  return hits === 0 ? true : hits === faces.length || named(faces[0]!, list) ? false : doubt;
}

/** A role's path is not in its sessions' ARNs, and its name is unique without it. */
function spelledOut(name: string): string {
  return /^\d{12}$/.test(name) ? `arn:aws:iam::${name}:root` : name.replace(/:role\/.*\//, ":role/");
}

/** The most exact first. */
function facesOf(arn: string): string[] {
  const account = arn.split(":")[4]!;
  const [, role, session] = /:assumed-role\/([^/]+)\/(.+)$/.exec(arn) ?? [];
  const root = `arn:aws:iam::${account}:root`;
  if (role !== undefined && session !== undefined) return [arn, `arn:aws:iam::${account}:role/${role}`, root];
  return [...new Set([spelledOut(arn), root])];
}

function valueOf(key: string, attempt: Attempt): string | null {
  const name = key.toLowerCase();
  const account = attempt.principalArn.split(":")[4]!;
  const own: Readonly<Record<string, string | null>> = {
    "sts:externalid": attempt.externalId,
    "aws:multifactorauthpresent": attempt.mfa === null ? null : String(attempt.mfa),
    "aws:principalaccount": account,
    "aws:principalarn": attempt.principalArn.replace(
      /^arn:aws:sts::(\d+):assumed-role\/([^/]+)\/.*$/,
      "arn:aws:iam::$1:role/$2",
    ),
  };
  const given = Object.entries(attempt.context ?? {}).find(([other]) => other.toLowerCase() === name);
  return name in own ? own[name]! : (given?.[1] ?? null);
}

/**
 * One operator, one key. A key that is absent matches nothing, so negated operators hold; IfExists and ForAllValues hold
 * as well; ForAnyValue never does.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
function holds(
  operator: string,
  key: string,
  value: string | null,
  wanted: readonly string[],
  doubt: boolean,
  variables: boolean,
): boolean {
  const [, set, name, ifExists] = /^(?:(forallvalues|foranyvalue):)?(.*?)(ifexists)?$/.exec(operator.toLowerCase())!;
  if (name === "null") {
    if (set !== undefined || ifExists !== undefined) return doubt;
    return wanted.some((each) => (each === "true" ? value === null : each === "false" ? value !== null : doubt));
  }
  const positive = name!.replace("not", "");
  const negated = positive !== name;
  if (!KNOWN.has(positive)) return doubt;
  if (value === null) {
    if (set === "foranyvalue") return false;
    return negated || ifExists !== undefined || set === "forallvalues";
  }
  if (wanted.length === 0 || (key.toLowerCase() === "sts:externalid" && !positive.startsWith("string"))) return doubt;
  const some = wanted.some((each) => matches(positive, value, each, negated ? !doubt : doubt, variables));
  return negated ? !some : some;
}

/** Text is compared with text, the rest as it is. */
const KNOWN = new Set(
  (
    "stringequals stringequalsignorecase stringlike arnequals arnlike bool ipaddress " +
    "numericequals numericlessthan numericlessthanequals numericgreaterthan numericgreaterthanequals"
  ).split(" "),
);

/** What is compared with what it is not (an ID with a boolean, say) is in doubt. */
function matches(name: string, value: string, wanted: string, doubt: boolean, variables: boolean): boolean {
  if (name === "bool") {
    if (!/^(?:true|false)$/i.test(wanted) || !/^(?:true|false)$/i.test(value)) return doubt;
    return wanted.toLowerCase() === value.toLowerCase();
  }
  if (wanted === "") return doubt;
  if (name.startsWith("numeric")) return numbersMatch(name, Number(value), Number(wanted)) ?? doubt;
  if (name === "ipaddress") return withinNetwork(value, wanted) ?? doubt;
  if (name.startsWith("arn")) {
    const [parts, others] = [arnParts(value), arnParts(wanted)];
    if (parts === null || others === null) return doubt;
    return others.every((glob, at) => regexOf(glob, true).test(parts[at]!));
  }
  const like = name === "stringlike";
  const fold = (text: string): string => (name.endsWith("ignorecase") ? text.toLowerCase() : text);
  if (!/[*?$]/.test(wanted)) return fold(wanted) === fold(value);
  const uncertain = variables && /\$\{(?![*?$]\})[^}]*\}/.test(wanted);
  const matched = regexOf(fold(wanted), like, variables).test(fold(value));
  return matched && uncertain ? doubt : matched;
}

/** Null where one of them is no number. */
function numbersMatch(name: string, value: number, wanted: number): boolean | null {
  if (Number.isNaN(value) || Number.isNaN(wanted)) return null;
  if (name === "numericequals") return value === wanted;
  if (name.endsWith("equals") && value === wanted) return true;
  return name.includes("less") ? value < wanted : value > wanted;
}

/** IPv4 only; null for whatever else. */
function withinNetwork(value: string, wanted: string): boolean | null {
  const number = (text: string): number | null =>
    /^\d+(?:\.\d+){3}$/.test(text) ? text.split(".").reduce((sum, part) => sum * 256 + Number(part), 0) : null;
  const [network = "", bits = "32"] = wanted.split("/");
  const [address, first] = [number(value), number(network)];
  if (address === null || first === null) return null;
  const size = 2 ** (32 - Number(bits));
  return Math.floor(address / size) === Math.floor(first / size);
}

function arnParts(arn: string): string[] | null {
  const parts = arn.split(":");
  return parts.length < 6 ? null : [...parts.slice(0, 5), parts.slice(5).join(":")];
}

/** `${*}`, `${?}` and `${$}` are those characters themselves; any other variable may be anything. */
function regexOf(glob: string, wild: boolean, variables = false): RegExp {
  const token = variables ? /\$\{[*?$]\}|\$\{[^}]*\}|[^]/g : /[^]/g;
  const source = [...glob.matchAll(token)].map(([part]) => {
    if (/^\$\{[*?$]\}$/.test(part) && variables) return `\\${part[2]!}`;
    if (part.length > 1) return "[^]*";
    if (wild && part === "*") return "[^]*";
    if (wild && part === "?") return "[^]";
    return part.replace(/[.*+?^${}()|[\]\\/-]/, "\\$&");
  });
  return new RegExp(`^${source.join("")}$`);
}
