/** What an operator compares, and so how a value of its kind is read. */
export type Comparison =
  | "string"
  | "string-ignoring-case"
  | "string-like"
  | "arn"
  | "boolean"
  | "address"
  | "number"
  | "date"
  | "null"
  /** Not an operator known here, or one that AWS does not document: what it does cannot be known. */
  | "unknown";

export interface Operator {
  /** As the policy spells it. */
  readonly written: string;
  readonly comparison: Comparison;
  /** Holds where none of the values matches. */
  readonly negated: boolean;
  /** `LessThan…` and `GreaterThan…` of numbers and dates; null for equality. */
  readonly order: "<" | "<=" | ">" | ">=" | null;
  /** Holds where the key is absent from the request. */
  readonly ifExists: boolean;
  /** `ForAllValues:` holds where the key is absent, `ForAnyValue:` never does. */
  readonly set: "all" | "any" | null;
}

const BASES: Readonly<Record<string, readonly [Comparison, Operator["order"]]>> = {
  stringequals: ["string", null],
  stringequalsignorecase: ["string-ignoring-case", null],
  stringlike: ["string-like", null],
  arnequals: ["arn", null],
  arnlike: ["arn", null],
  bool: ["boolean", null],
  ipaddress: ["address", null],
  numericequals: ["number", null],
  numericlessthan: ["number", "<"],
  numericlessthanequals: ["number", "<="],
  numericgreaterthan: ["number", ">"],
  numericgreaterthanequals: ["number", ">="],
  dateequals: ["date", null],
  datelessthan: ["date", "<"],
  datelessthanequals: ["date", "<="],
  dategreaterthan: ["date", ">"],
  dategreaterthanequals: ["date", ">="],
  null: ["null", null],
};

const NEGATED: Readonly<Record<string, string>> = {
  stringnotequals: "stringequals",
  stringnotequalsignorecase: "stringequalsignorecase",
  stringnotlike: "stringlike",
  arnnotequals: "arnequals",
  arnnotlike: "arnlike",
  notipaddress: "ipaddress",
  numericnotequals: "numericequals",
  datenotequals: "dateequals",
};

/**
 * Reads a condition operator's name, in any case. `Null` takes neither IfExists nor a set prefix.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function operatorNamed(written: string): Operator {
  const lower = written.toLowerCase();
  const [, prefix, name = "", suffix] = /^(?:(forallvalues|foranyvalue):)?([a-z]*?)(ifexists)?$/.exec(lower) ?? [];
  const positive = Object.hasOwn(NEGATED, name) ? NEGATED[name] : undefined;
  const base = positive ?? name;
  const [comparison, order] = (Object.hasOwn(BASES, base) ? BASES[base] : undefined) ?? UNKNOWN;
  const bare = prefix === undefined && suffix === undefined;
  return {
    written,
    comparison: comparison === "null" && !bare ? "unknown" : comparison,
    negated: positive !== undefined,
    order,
    ifExists: suffix !== undefined,
    set: prefix === "forallvalues" ? "all" : prefix === "foranyvalue" ? "any" : null,
  };
}

const UNKNOWN: readonly [Comparison, Operator["order"]] = ["unknown", null];
