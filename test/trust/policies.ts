import fc from "fast-check";

export const OWN = "444455556666";
export const VENDOR = "999988887777";
export const OTHER = "111122223333";
export const SCANNER = `arn:aws:iam::${VENDOR}:role/integration-scanner`;

/** External IDs are short and of few letters here, so that a second opinion can try all of them. */
export const LETTERS = ["a", "b", "z"] as const;

type Drawn<T> = fc.Arbitrary<T>;

const oneOrMany = <T>(each: Drawn<T>, most: number): Drawn<T | T[]> =>
  fc.oneof(each, fc.array(each, { minLength: 1, maxLength: most }));

const spelled = (text: string): Drawn<string> =>
  fc.constantFrom(text, text, text.toLowerCase(), text.toUpperCase(), text.replace("s", "S"));

const AWS_PRINCIPALS = [
  ...[VENDOR, `arn:aws:iam::${VENDOR}:root`, SCANNER, SCANNER, `arn:aws:iam::${VENDOR}:role/team/ops`],
  ...[`arn:aws:sts::${VENDOR}:assumed-role/integration-scanner/scan-1`, `arn:aws:iam::${VENDOR}:user/ada`],
  ...[`arn:aws:iam::${OTHER}:root`, `arn:aws:iam::${OTHER}:role/guest`, OWN, "*", "AROAEXAMPLEEXAMPLEEX"],
];

const principal: Drawn<unknown> = fc.oneof(
  { weight: 9, arbitrary: fc.record({ AWS: oneOrMany(fc.constantFrom(...AWS_PRINCIPALS), 3) }) },
  { weight: 1, arbitrary: fc.constant("*") },
  { weight: 1, arbitrary: fc.constant({ Service: "ec2.amazonaws.com" }) },
  {
    weight: 1,
    arbitrary: fc.record({ AWS: fc.constantFrom(...AWS_PRINCIPALS), Service: fc.constant("lambda.amazonaws.com") }),
  },
);

const action = fc.constantFrom<unknown>(
  ...["sts:AssumeRole", "sts:AssumeRole", "sts:assumerole", "sts:*", "sts:Assume*", "*", "sts:TagSession"],
  ...[["sts:TagSession", "sts:AssumeRole"], ["sts:SetSourceIdentity"], "sts:AssumeRol?"],
);

const letters = fc.array(fc.constantFrom(...LETTERS.slice(0, 2), "A"), { minLength: 2, maxLength: 3 });
const literal = letters.map((each) => each.join(""));
const glob = fc
  .array(fc.constantFrom("a", "b", "*", "?", "*"), { minLength: 1, maxLength: 3 })
  .map((each) => each.join(""));
const variable = fc.constantFrom("${aws:PrincipalTag/id}", "a${*}", "a${aws:username}", "${?}a");

const operator = (base: Drawn<string>): Drawn<string> =>
  fc
    .tuple(
      fc.constantFrom("", "", "", "", "ForAllValues:", "ForAnyValue:"),
      base,
      fc.constantFrom("", "", "", "IfExists"),
    )
    .map((parts) => parts.join(""));

const block = (name: Drawn<string>, key: Drawn<string>, values: Drawn<unknown>): Drawn<object> =>
  fc.tuple(name, key, values).map(([op, k, v]) => ({ [op]: { [k]: v } }));

const ID = spelled("sts:ExternalId");
const idCondition: Drawn<object> = fc.oneof(
  { weight: 5, arbitrary: block(fc.constant("StringEquals"), ID, oneOrMany(literal, 2)) },
  {
    weight: 4,
    arbitrary: block(
      operator(
        fc.constantFrom("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
      ),
      ID,
      oneOrMany(fc.oneof({ weight: 5, arbitrary: literal }, { weight: 1, arbitrary: variable }), 2),
    ),
  },
  {
    weight: 4,
    arbitrary: block(
      operator(fc.constantFrom("StringLike", "StringNotLike", "stringlike")),
      ID,
      oneOrMany(
        fc.oneof({ weight: 3, arbitrary: glob }, { weight: 2, arbitrary: literal }, { weight: 1, arbitrary: variable }),
        2,
      ),
    ),
  },
  {
    weight: 2,
    arbitrary: block(
      fc.constantFrom("Null", "null"),
      ID,
      fc.constantFrom("true", "false", true, false, ["true", "false"]),
    ),
  },
  {
    weight: 1,
    arbitrary: block(
      fc.constantFrom("StringMatches", "NumericEquals", "NumericNotEquals", "NullIfExists", "Bool"),
      ID,
      fc.constantFrom("1", "true"),
    ),
  },
);

const otherCondition: Drawn<object> = fc.oneof(
  {
    weight: 4,
    arbitrary: block(
      operator(fc.constantFrom("Bool", "Bool", "StringEquals")),
      spelled("aws:MultiFactorAuthPresent"),
      fc.constantFrom("true", "true", true, "false", "True"),
    ),
  },
  {
    weight: 1,
    arbitrary: block(
      operator(fc.constantFrom("NumericLessThan", "NumericGreaterThanEquals")),
      spelled("aws:MultiFactorAuthAge"),
      fc.constantFrom("3600", 60),
    ),
  },
  {
    weight: 1,
    arbitrary: block(fc.constant("Null"), spelled("aws:MultiFactorAuthPresent"), fc.constantFrom("true", "false")),
  },
  {
    weight: 2,
    arbitrary: block(
      operator(fc.constantFrom("ArnLike", "ArnNotLike", "ArnEquals", "StringLike", "StringNotEquals")),
      spelled("aws:PrincipalArn"),
      fc.constantFrom(
        SCANNER,
        `arn:aws:iam::${VENDOR}:role/*`,
        "arn:aws:iam::*:role/integration-*",
        `arn:*:iam::${VENDOR}:user/ada`,
      ),
    ),
  },
  {
    weight: 1,
    arbitrary: block(
      operator(fc.constantFrom("StringEquals", "StringNotEquals")),
      spelled("aws:PrincipalAccount"),
      oneOrMany(fc.constantFrom(VENDOR, OTHER, OWN), 2),
    ),
  },
  {
    weight: 1,
    arbitrary: block(
      operator(fc.constantFrom("IpAddress", "NotIpAddress")),
      spelled("aws:SourceIp"),
      oneOrMany(fc.constantFrom("198.51.100.0/24", "203.0.113.9"), 2),
    ),
  },
);

const conditions: Drawn<unknown> = fc
  .array(fc.oneof({ weight: 3, arbitrary: idCondition }, { weight: 2, arbitrary: otherCondition }), { maxLength: 2 })
  .map((blocks) => Object.assign({}, ...blocks) as object);

const whom = fc.oneof(
  { weight: 12, arbitrary: principal.map((Principal) => ({ Principal })) },
  {
    weight: 1,
    arbitrary: fc.record({
      NotPrincipal: fc.record({ AWS: oneOrMany(fc.constantFrom(...AWS_PRINCIPALS.slice(0, 9)), 3) }),
    }),
  },
);
const what = fc.oneof(
  { weight: 12, arbitrary: action.map((Action) => ({ Action })) },
  { weight: 1, arbitrary: fc.constantFrom("sts:TagSession", "sts:*", "iam:*").map((NotAction) => ({ NotAction })) },
);

const statement = fc
  .tuple(
    fc.constantFrom("Allow", "Allow", "Deny"),
    whom,
    what,
    fc.oneof(
      { weight: 5, arbitrary: conditions.map((Condition) => ({ Condition })) },
      { weight: 1, arbitrary: fc.constant({}) },
    ),
  )
  .map(([Effect, ...parts]) => Object.assign({ Effect }, ...parts) as object);

const usual = fc.record({
  Effect: fc.constant("Allow"),
  Principal: fc.record({ AWS: fc.constantFrom(VENDOR, SCANNER) }),
  Action: action,
  Condition: conditions,
});

/** Trust policies over the whole vocabulary, those that a customer would write among them. */
export const trustPolicy = fc.record({
  Version: fc.constantFrom("2012-10-17", "2012-10-17", "2008-10-17"),
  Statement: fc.oneof(
    { weight: 1, arbitrary: statement },
    {
      weight: 3,
      arbitrary: fc.tuple(usual, fc.array(statement, { maxLength: 2 })).map(([first, more]) => [first, ...more]),
    },
  ),
});
