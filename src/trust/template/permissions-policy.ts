import * as z from "zod";
import { matches, pattern } from "../pattern.ts";

/** What IAM takes in a policy, less the C1 controls, which a terminal would obey. */
const IAM_TEXT = /^[\t\n\r\u0020-\u007e\u00a0-\u00ff]*$/;

/** Characters of a role's inline policies, white space not counted. */
const LONGEST_POLICY = 10_240;

const text = z.string().max(2048).regex(IAM_TEXT, "holds a character that IAM takes in no policy");
const resource = z
  .string()
  .max(2048)
  .regex(/^(?:\*|arn:[^\s:]+:[^\s:]+:[^\s:]*:[^\s:]*:[\u0020-\u007e\u00a0-\u00ff]+)$/, "neither * nor an ARN");
const oneOrMore = <T extends z.ZodType>(each: T) =>
  z.union([each, z.array(each).min(1)], { error: "neither what IAM takes there nor a list of such" });
const scalar = z.union([text, z.number(), z.boolean()]);

/** Operator, key, values. A key that is no key of an object would be lost on the way, and the condition with it. */
const conditions = z
  .unknown()
  .refine((value) => !JSON.stringify(value ?? null).includes('"__proto__"'), {
    error: "not a condition operator, such as StringEquals",
    abort: true,
  })
  .pipe(
    z.record(
      z.string().regex(/^[A-Za-z]+(?::[A-Za-z]+)?$/, "not a condition operator, such as StringEquals"),
      z.record(z.string().regex(/^[\w-]+:[\t\u0020-\u007e\u00a0-\u00ff]+$/, "not a condition key"), oneOrMore(scalar)),
    ),
  );

const statement = z
  .strictObject({
    Sid: z
      .string()
      .regex(/^[A-Za-z0-9]*$/, "a Sid holds letters and digits")
      .optional(),
    Effect: z.enum(["Allow", "Deny"]),
    Action: oneOrMore(text).optional(),
    NotAction: oneOrMore(text).optional(),
    Resource: oneOrMore(resource).optional(),
    NotResource: oneOrMore(resource).optional(),
    Condition: conditions.optional(),
  })
  .refine(({ Action, NotAction }) => (Action === undefined) !== (NotAction === undefined), {
    error: "needs one of Action, NotAction",
  })
  .refine(({ Resource, NotResource }) => (Resource === undefined) !== (NotResource === undefined), {
    error: "needs one of Resource, NotResource",
  });

/**
 * An identity policy, as `--permissions` names it: what the vendor may do in a customer's account. Principals have no
 * place in it: who may enter is the trust policy's matter.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export const permissionsPolicy = z
  .strictObject({
    Version: z.literal("2012-10-17"),
    Id: text.optional(),
    Statement: z.preprocess((value) => (Array.isArray(value) ? value : [value]) as unknown, z.array(statement).min(1)),
  })
  .refine((policy) => JSON.stringify(policy).replace(/\s/g, "").length <= LONGEST_POLICY, {
    error: `longer than the ${LONGEST_POLICY} characters that IAM takes as a role's inline policy`,
  });

export type PermissionsPolicy = z.output<typeof permissionsPolicy>;
type Statement = PermissionsPolicy["Statement"][number];

/** What a statement gives that an integration should not have (`refused`), or should have a good reason for. */
export interface Excess {
  /** Index into `Statement`, from 0. */
  readonly statement: number;
  readonly gravity: "refused" | "doubtful";
  readonly why: string;
}

/**
 * Actions with which a role can give itself or others more, or can blind the account's own trail: on any resource.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html
 * @see https://rhinosecuritylabs.com/aws/aws-privilege-escalation-methods-mitigation/
 */
const SELF_RAISING = [
  ..."CreatePolicyVersion SetDefaultPolicyVersion CreateAccessKey CreateLoginProfile UpdateLoginProfile".split(" "),
  ..."AttachUserPolicy AttachGroupPolicy AttachRolePolicy PutUserPolicy PutGroupPolicy PutRolePolicy".split(" "),
  ..."AddUserToGroup UpdateAssumeRolePolicy CreateRole CreateUser PutRolePermissionsBoundary".split(" "),
  ..."DeleteRolePermissionsBoundary DeleteUserPermissionsBoundary CreateSAMLProvider CreateOpenIDConnectProvider".split(
    " ",
  ),
]
  .map((action) => `iam:${action}`)
  .concat("StopLogging DeleteTrail UpdateTrail PutEventSelectors".split(" ").map((action) => `cloudtrail:${action}`));

/** Actions that lend another role's rights: only on roles that are named. */
const LENDING = ["iam:PassRole", "sts:AssumeRole"];

/** Actions that read what customers keep, not how it is set up. */
const CONTENTS = [
  ...["s3:GetObject", "secretsmanager:GetSecretValue", "ssm:GetParameter", "kms:Decrypt", "dynamodb:GetItem"],
  ...["dynamodb:Scan", "sqs:ReceiveMessage", "rds-data:ExecuteStatement", "lambda:GetFunction"],
];

/** Everything too much in a policy, in the statements' order. Denials only take away, and are not judged. */
export function excessIn({ Statement }: PermissionsPolicy): readonly Excess[] {
  return Statement.flatMap((each, index) =>
    each.Effect === "Deny" ? [] : excessOf(each).map((found) => ({ statement: index, ...found })),
  );
}

function excessOf(statement: Statement): readonly Omit<Excess, "statement">[] {
  const refused = (why: string) => ({ gravity: "refused" as const, why });
  if (JSON.stringify(statement).includes("${AWS::")) {
    return [
      refused("${AWS::…} stays as it is written here; write * or a policy variable such as ${aws:PrincipalAccount}"),
    ];
  }
  if (statement.NotAction !== undefined)
    return [refused("NotAction with Allow gives every action that AWS will ever have, but a few")];
  const everywhere =
    listed(statement.Resource).some((resource) => /^[*?]+$/.test(resource)) || statement.NotResource !== undefined;
  const anyRole = everywhere || listed(statement.Resource).some(isAnyRole);
  return listed(statement.Action).flatMap((action): readonly Omit<Excess, "statement">[] => {
    if (/^[^:]*[*?]/.test(action))
      return [refused(`${action} is administration: it gives every action of every service`)];
    const raising = SELF_RAISING.find((each) => covers(action, each));
    if (raising !== undefined)
      return [refused(`${action} gives ${raising}, with which the role can give itself more or blind the trail`)];
    const lending = LENDING.find((each) => covers(action, each));
    if (lending !== undefined && anyRole) return [refused(`${action} gives ${lending} on every role; name the roles`)];
    if (everywhere && /^[^:]+:[*?]+$/.test(action))
      return [refused(`${action} on every resource gives a whole service`)];
    const contents = CONTENTS.find((each) => covers(action, each));
    if (contents === undefined || !everywhere) return [];
    return [
      { gravity: "doubtful", why: `${action} on every resource reads contents (${contents}), not only settings` },
    ];
  });
}

function listed(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === "string" ? [value] : value;
}

/** Whether a resource's pattern takes in a role that nobody thought of. Policy variables count as wildcards. */
function isAnyRole(resource: string): boolean {
  const glob = resource.replace(/\$\{[^}]*\}/g, "*");
  const [, partition = "", , , account = ""] = glob.split(":");
  const plain = (part: string, otherwise: string): string => (/^[\w-]+$/.test(part) ? part : otherwise);
  return covers(glob, `arn:${plain(partition, "aws")}:iam::${plain(account, "111122223333")}:role/unforeseen`);
}

/** IAM's wildcards; actions know no case. A variable may stand for anything. */
function covers(glob: string, value: string): boolean {
  return matches(pattern(glob, { wild: true, fold: true, variables: true }), value);
}
