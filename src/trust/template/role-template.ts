import * as z from "zod";
import { accountId, roleArn } from "../../tenants/read.ts";
import { accountOf, parseArn } from "../../trail/arn.ts";
import { permissionsPolicy } from "./permissions-policy.ts";
import { supportTrustDocument, trustDocument } from "./trust-document.ts";

/**
 * IAM's bounds of a role's longest session, in seconds. The lower one is also all that a chained session gets.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining
 */
export const SESSION_SECONDS = { chained: 3600, longest: 43_200 } as const;

/** Shorter external IDs are too easy to guess; 36 is a UUID's length, 1224 is what STS takes at most. */
export const EXTERNAL_ID_LENGTH = { shortest: 16, longest: 1224 } as const;

/** STS's alphabet for external IDs, as a class that CloudFormation, Terraform and jq read alike. */
export const EXTERNAL_ID_ALPHABET = "[A-Za-z0-9_+=,.@:/-]";

/** The drawn part of a role's name: lower case, so that it can stand in any other name too. */
export const SUFFIX = /^[a-z0-9]{8,16}$/;

/** The default quota of a role's trust policy, in characters without white space. */
const LONGEST_TRUST = 2048;

const vendorRole = z
  .string()
  .refine((arn) => !arn.endsWith(":root"), {
    error: "an account's root lets in every principal of the account; name the role",
    abort: true,
  })
  .pipe(roleArn);

const userArn = z
  .string()
  .regex(
    /^arn:aws[a-z-]*:iam::\d{12}:user\/[\w+=,.@/-]+$/,
    "not an IAM user's ARN; MFA is known of users only, never of a role's session",
  );

const support = z.strictObject({
  principals: z.array(userArn).min(1).max(10),
  permissions: permissionsPolicy,
});

/**
 * What every form of the customer's side is made of: the CloudFormation template, the Terraform module, the trust
 * policy itself. The schema is the edge: what came through it is within IAM's own alphabets and limits.
 *
 * `principals` of `support` are IAM users: a session got by AssumeRole carries no MFA, so a condition on it could never
 * be met by a role.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html
 */
export const roleTemplate = z
  .strictObject({
    /** The vendor's outbound roles, which alone may enter. Never an account's root. */
    vendorRoles: z.array(vendorRole).min(1).max(10),
    /** Begins the roles' names, and names the stack: letters, digits and hyphens. */
    namePrefix: z
      .string()
      .regex(/^[A-Za-z](?:-?[A-Za-z0-9]){0,35}$/, "1 to 36 letters, digits and single hyphens, a letter first"),
    nameSuffix: z.string().regex(SUFFIX, "8 to 16 lower-case letters and digits"),
    description: z
      .string()
      .min(1)
      .max(500)
      .regex(/^[\t\n\r\u0020-\u007e\u00a1-\u00ff]*$/, "holds a character that IAM takes in no description"),
    permissions: permissionsPolicy,
    maxSessionSeconds: z
      .int()
      .min(SESSION_SECONDS.chained, "IAM takes no role whose longest session is shorter than an hour")
      .max(SESSION_SECONDS.longest, "a session lasts 12 hours at most"),
    /** Globs in IAM's sense that a session's name must match; null: any name. */
    sessionNames: z
      .array(z.string().regex(/^[\w+=,.@*?-]{1,128}$/, "holds a character that no session name can hold"))
      .min(1)
      .nullable(),
    /** Name of a policy in the customer's account, with its path and without a leading slash. */
    permissionsBoundary: z
      .string()
      .max(512)
      .regex(/^(?:[\w+=,.@-]+\/)*[\w+=,.@-]{1,128}$/, "not a policy's name")
      .nullable(),
    tags: z.array(
      z.strictObject({
        key: z
          .string()
          .regex(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u, "not a tag's key")
          .regex(/^(?!aws:)/i, "aws: is AWS's own"),
        value: z.string().regex(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u, "not a tag's value"),
      }),
    ),
    /** The only accounts that it may be deployed in; empty: any. */
    accounts: z.array(accountId).max(100, "more accounts than a template should name; leave them out"),
    /** A second role for people, who must show MFA; null: none. */
    support: support.nullable(),
  })
  .superRefine((template, context) => {
    const issue = (path: string, message: string): void => {
      context.addIssue({ code: "custom", path: [path], message });
    };
    const trusted = [...template.vendorRoles, ...(template.support?.principals ?? [])];
    if (new Set(trusted.map((arn) => parseArn(arn)?.partition)).size > 1) {
      issue("vendorRoles", "in more than one partition; a role trusts principals of its own partition only");
    }
    if (trusted.some((arn) => template.accounts.includes(accountOf(arn) ?? ""))) {
      issue("accounts", "the vendor's own account; the template is for customers'");
    }
    const keys = template.tags.map(({ key }) => key.toLowerCase());
    if (new Set(keys).size < keys.length) issue("tags", "a key is there twice (tags of roles know no case)");
    if (keys.length > 50) issue("tags", "a role takes 50 tags");
    const longestUsual = "x".repeat(64);
    const documents = [trustDocument(template, longestUsual), supportTrustDocument(template, longestUsual)];
    if (documents.some((document) => JSON.stringify(document).length > LONGEST_TRUST)) {
      issue("vendorRoles", `the trust policy is longer than the ${LONGEST_TRUST} characters that IAM takes`);
    }
  });

/** What the scripts need of a description. */
export const scriptTemplate = z.object({
  namePrefix: roleTemplate.shape.namePrefix,
  vendorRoles: roleTemplate.shape.vendorRoles,
});

export type RoleTemplate = z.output<typeof roleTemplate>;

/** The partition that the roles are in: `aws`, `aws-cn`, `aws-us-gov`. */
export function partitionOf({ vendorRoles }: Pick<RoleTemplate, "vendorRoles">): string {
  return parseArn(vendorRoles[0] ?? "")?.partition ?? "aws";
}

/**
 * Session-name templates of a workload as globs of IAM's: `{account}` is the one account where there is one, else any
 * run of characters, and so is `{tenant}`, which no trust policy can know.
 */
export function sessionNameGlobs(templates: readonly string[], accounts: readonly string[]): readonly string[] {
  const account = accounts.length === 1 ? (accounts[0] ?? "*") : "*";
  const globs = templates.map((each) =>
    each
      .replaceAll("{account}", account)
      .replaceAll("{tenant}", "*")
      .replace(/\*{2,}/g, "*"),
  );
  return [...new Set(globs)];
}
