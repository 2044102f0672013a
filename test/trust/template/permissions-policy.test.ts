import { expect, test } from "vitest";
import { excessIn, permissionsPolicy } from "../../../src/trust/template/permissions-policy.ts";

function judged(statement: object): readonly string[] {
  const harmless = { Effect: "Allow", Action: "ec2:DescribeInstances", Resource: "*" };
  const policy = permissionsPolicy.parse({
    Version: "2012-10-17",
    Statement: [harmless, { Effect: "Allow", ...statement }],
  });
  return excessIn(policy).map(({ statement: index, gravity, why }) => `${index} ${gravity}: ${why}`);
}

test.each([
  ["everything", { Action: "*", Resource: "*" }, /administration/],
  ["everything on little", { Action: ["s3:ListBucket", "*"], Resource: "arn:aws:s3:::x" }, /administration/],
  ["every service by a wildcard", { Action: "*:Get*", Resource: "*" }, /administration/],
  ["all of IAM", { Action: "iam:*", Resource: "*" }, /give itself more/],
  ["all of IAM, in other case", { Action: "IAM:*", Resource: "arn:aws:iam::*:role/x" }, /give itself more/],
  ["writing policies by a wildcard", { Action: "iam:Put*", Resource: "arn:aws:iam::*:role/x" }, /iam:PutUserPolicy/],
  ["one letter hidden", { Action: "iam:AttachRolePolic?", Resource: "*" }, /iam:AttachRolePolicy/],
  ["all actions but some", { NotAction: "iam:*", Resource: "*" }, /NotAction/],
  ["stopping the trail", { Action: "cloudtrail:Stop*", Resource: "*" }, /blind the trail/],
  ["passing any role", { Action: "iam:PassRole", Resource: "*" }, /every role/],
  [
    "passing any role of the account",
    { Action: "iam:passrole", Resource: "arn:aws:iam::111122223333:role/*" },
    /every role/,
  ],
  [
    "passing any role, by a variable",
    { Action: "iam:PassRole", Resource: "arn:aws:iam::${aws:PrincipalAccount}:role/*" },
    /every role/,
  ],
  ["passing all roles but one", { Action: "iam:PassRole", NotResource: "arn:aws:iam::*:role/x" }, /every role/],
  ["entering any role", { Action: "sts:Assume*", Resource: ["arn:aws:s3:::x", "arn:*:iam::*:role/*"] }, /every role/],
  ["a whole service", { Action: "ec2:*", Resource: "*" }, /whole service/],
  [
    "what only CloudFormation would fill in",
    { Action: "s3:ListBucket", Resource: "arn:aws:s3:::x-${AWS::AccountId}" },
    /stays as it is/,
  ],
])("a statement that gives %s is refused, by its index", (_, statement, why) => {
  expect(judged(statement)).toEqual([expect.stringMatching(/^1 refused: /)]);
  expect(judged(statement)[0]).toMatch(why);
});

test.each([
  ["settings of everything", { Action: ["ec2:Describe*", "iam:List*", "iam:Get*", "s3:GetBucket*"], Resource: "*" }],
  ["passing one kind of role", { Action: "iam:PassRole", Resource: "arn:aws:iam::*:role/vendor-*" }],
  ["a whole service on one thing", { Action: "s3:*", Resource: "arn:aws:s3:::reports-*" }],
  ["a denial of everything", { Effect: "Deny", Action: "*", Resource: "*" }],
  ["a policy variable", { Action: "s3:ListBucket", Resource: "arn:aws:s3:::${aws:PrincipalAccount}-x" }],
])("a statement that gives %s is taken", (_, statement) => {
  expect(judged(statement)).toEqual([]);
});

test("reading contents everywhere is doubtful, and reading named ones is not", () => {
  expect(judged({ Action: ["s3:Get*", "kms:Decrypt"], Resource: "*" })).toEqual([
    "1 doubtful: s3:Get* on every resource reads contents (s3:GetObject), not only settings",
    "1 doubtful: kms:Decrypt on every resource reads contents (kms:Decrypt), not only settings",
  ]);
  expect(judged({ Action: "s3:GetObject", Resource: "arn:aws:s3:::reports/*" })).toEqual([]);
});

test.each([
  ["a trust policy", { Effect: "Allow", Action: "sts:AssumeRole", Principal: "*" }],
  ["no resource", { Effect: "Allow", Action: "s3:ListBucket" }],
  ["a resource that is none", { Effect: "Allow", Action: "s3:ListBucket", Resource: "my-bucket" }],
  ["a misspelt key", { Effect: "Allow", Actions: "s3:ListBucket", Resource: "*" }],
  ["no action but both of its keys", { Effect: "Allow", Action: "a:b", NotAction: "a:c", Resource: "*" }],
  ["a control character", { Effect: "Allow", Action: "s3:ListBucket", Resource: "arn:\u001b[2J" }],
  ["a character beyond IAM's", { Effect: "Allow", Action: "s3:ListBucket", Resource: "arn:\u202e" }],
  ["more than IAM keeps", { Effect: "Allow", Action: Array(600).fill("s3:GetBucketLocation"), Resource: "*" }],
  [
    "an operator that is a prototype",
    JSON.parse('{"Effect":"Allow","Action":"a:b","Resource":"*","Condition":{"__proto__":{"a:b":"c"}}}'),
  ],
])("a policy with %s is none", (_, statement: unknown) => {
  expect(permissionsPolicy.safeParse({ Version: "2012-10-17", Statement: [statement] }).success).toBe(false);
});

test("one statement by itself is a list of one", () => {
  const Statement = { Effect: "Allow", Action: "ec2:DescribeInstances", Resource: "*" };
  expect(permissionsPolicy.parse({ Version: "2012-10-17", Statement }).Statement).toEqual([Statement]);
});
