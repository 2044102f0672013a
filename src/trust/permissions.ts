import { matches, pattern } from "./pattern.ts";

/** One policy that says what a role may do. */
export interface Permission {
  /** A managed policy's ARN, or an inline policy's name. */
  readonly name: string;
  /** The document, as it came; null where the input does not hold it, as for AWS's own policies. */
  readonly document: unknown;
}

/** Ways in which a permission is too much for somebody from outside. */
export type Breadth = "everything" | "iam" | "pass-role" | "assume-role" | "aws-managed";

/** An action that tells whether a grant reaches so far; asked for on every resource, and without a condition. */
const PROBES: readonly (readonly [Breadth, readonly string[]])[] = [
  [
    "everything",
    ["iam:CreateUser", "s3:GetObject", "ec2:RunInstances", "kms:Decrypt", "organizations:LeaveOrganization"],
  ],
  ["iam", ["iam:CreatePolicyVersion", "iam:AttachRolePolicy", "iam:PutUserPolicy", "iam:CreateAccessKey"]],
  ["pass-role", ["iam:PassRole"]],
  ["assume-role", ["sts:AssumeRole"]],
];

/** What AWS's own policies allow, whose text no input need hold. */
const AWS_MANAGED: Readonly<Record<string, Breadth>> = { AdministratorAccess: "everything", IAMFullAccess: "iam" };

/**
 * How far a permission reaches: the widest that applies, and whether AWS keeps it. A document that cannot be read grants
 * nothing that is known. An Allow with a condition is taken to be narrow.
 */
export function breadth({ name, document }: Permission): readonly Breadth[] {
  const ofAws = /^arn:[^:]*:iam::aws:policy\/(?:.*\/)?([^/]+)$/.exec(name)?.[1];
  const known = ofAws !== undefined && Object.hasOwn(AWS_MANAGED, ofAws) ? AWS_MANAGED[ofAws] : undefined;
  const grants = statementsIn(document).filter((each) => each.Effect === "Allow" && isEverywhere(each));
  const asked = PROBES.filter(([, actions]) => actions.every((action) => grants.some((each) => covers(each, action))));
  const found = [...(known === undefined ? [] : [known]), ...asked.map(([kind]) => kind)];
  const widest = found.includes("everything") ? ["everything" as const] : [...new Set(found)];
  return [...widest, ...(ofAws === undefined ? [] : ["aws-managed" as const])];
}

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Permission policies are up to 10,240 characters long, in 2026; more than that is not read. */
const LONGEST = 65_536;

function statementsIn(document: unknown): readonly Fields[] {
  const read = typeof document === "string" ? parsed(document) : document;
  return isFields(read) ? listOf(read.Statement).filter(isFields) : [];
}

function parsed(text: string): unknown {
  try {
    if (text.length > LONGEST) return null;
    return JSON.parse(/^\s*%7B/i.test(text) ? decodeURIComponent(text.replaceAll("+", " ")) : text);
  } catch {
    return null;
  }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
}

function textsOf(value: unknown): readonly string[] {
  return listOf(value).filter((each) => typeof each === "string");
}

function isEverywhere({ Resource, Condition }: Fields): boolean {
  const conditioned = isFields(Condition) && Object.keys(Condition).length > 0;
  return !conditioned && textsOf(Resource).some((each) => /^(?:\*|arn:[^:]*:iam::\*:(?:role\/)?\*)$/.test(each));
}

function covers({ Action, NotAction }: Fields, action: string): boolean {
  const among = (list: unknown): boolean =>
    textsOf(list).some((glob) =>
      matches(
        pattern(glob.slice(0, 256).toLowerCase(), { wild: true, fold: true, variables: false }),
        action.toLowerCase(),
      ),
    );
  return Action === undefined ? NotAction !== undefined && !among(NotAction) : among(Action);
}
