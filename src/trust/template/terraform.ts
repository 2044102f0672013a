import {
  expression,
  hclBlocks,
  hclString,
  jsonencode,
  type HclBlock,
  type HclExpression,
  type HclValue,
} from "./hcl.ts";
import type { PermissionsPolicy } from "./permissions-policy.ts";
import {
  EXTERNAL_ID_ALPHABET,
  EXTERNAL_ID_LENGTH,
  SESSION_SECONDS,
  SUFFIX,
  type RoleTemplate,
} from "./role-template.ts";
import { supportTrustDocument, trustDocument, type TrustDocument } from "./trust-document.ts";

/** A module's files by name, in the order in which they are read best. */
export type TerraformModule = Readonly<Record<"versions.tf" | "variables.tf" | "main.tf" | "outputs.tf", string>>;

const EXTERNAL_ID = expression("var.external_id");

/**
 * The customer's side as a Terraform module, the same roles as the CloudFormation template's. The external ID is a
 * sensitive variable without a default. Terraform keeps it in its state, as it keeps every argument.
 * @see https://developer.hashicorp.com/terraform/language/manage-sensitive-data
 * @see https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role
 */
export function terraformModule(template: RoleTemplate): TerraformModule {
  return {
    "versions.tf": hclBlocks([VERSIONS]),
    "variables.tf": hclBlocks(variables(template)),
    "main.tf": hclBlocks(resources(template)),
    "outputs.tf": hclBlocks(outputs(template)),
  };
}

/** The module as one file, for a pipe. */
export function terraformText(template: RoleTemplate): string {
  return Object.entries(terraformModule(template))
    .map(([name, text]) => `# ${name}\n\n${text}`)
    .join("\n");
}

const VERSIONS: HclBlock = {
  head: "terraform",
  body: [
    { attributes: { required_version: ">= 1.3.0" } },
    {
      blocks: [
        {
          head: "required_providers",
          body: [{ attributes: { aws: { source: "hashicorp/aws", version: ">= 5.0.0" } } }],
        },
      ],
    },
  ],
};

function variables({ nameSuffix }: RoleTemplate): readonly HclBlock[] {
  return [
    {
      head: 'variable "external_id"',
      body: [
        {
          attributes: {
            description: "The external ID that the vendor made for this account alone. Treat it like a private key.",
            type: expression("string"),
            sensitive: true,
            nullable: false,
          },
        },
      ],
    },
    {
      head: 'variable "name_suffix"',
      body: [
        {
          attributes: {
            description: "Ends the names, so that nobody can guess them. Changing it replaces the role and its ARN.",
            type: expression("string"),
            default: nameSuffix,
            nullable: false,
          },
        },
        validation(
          `can(regex(${hclString(SUFFIX.source)}, var.name_suffix))`,
          "It is 8 to 16 lower-case letters and digits.",
        ),
      ],
    },
  ];
}

function validation(condition: string, sentence: string) {
  return {
    blocks: [
      { head: "validation", body: [{ attributes: { condition: expression(condition), error_message: sentence } }] },
    ],
  };
}

function resources(template: RoleTemplate): readonly HclBlock[] {
  const support = supportTrustDocument(template, EXTERNAL_ID);
  const { accounts, permissionsBoundary } = template;
  const asks = [
    ...(permissionsBoundary === null ? [] : ["aws_partition"]),
    ...(permissionsBoundary === null && accounts.length === 0 ? [] : ["aws_caller_identity"]),
  ];
  return [
    ...asks.map((data) => ({ head: `data "${data}" "current"`, body: [] })),
    ...role(template, {
      name: "vendor",
      kind: "",
      trust: trustDocument(template, EXTERNAL_ID),
      permissions: template.permissions,
      maxSessionSeconds: template.maxSessionSeconds,
    }),
    ...(support === null || template.support === null
      ? []
      : role(template, {
          name: "support",
          kind: "-support",
          trust: support,
          permissions: template.support.permissions,
          maxSessionSeconds: SESSION_SECONDS.chained,
        })),
  ];
}

function role(
  template: RoleTemplate,
  {
    name,
    kind,
    trust,
    permissions,
    maxSessionSeconds,
  }: {
    readonly name: string;
    readonly kind: string;
    readonly trust: TrustDocument<HclExpression>;
    readonly permissions: PermissionsPolicy;
    readonly maxSessionSeconds: number;
  },
): readonly HclBlock[] {
  const { permissionsBoundary, tags, accounts } = template;
  const named = expression(`"${template.namePrefix}${kind}-\${var.name_suffix}"`);
  return [
    {
      head: `resource "aws_iam_role" "${name}"`,
      body: [
        {
          attributes: {
            name: named,
            description: template.description,
            max_session_duration: maxSessionSeconds,
            ...(permissionsBoundary === null ? {} : { permissions_boundary: boundaryArn(permissionsBoundary) }),
            ...(tags.length === 0 ? {} : { tags: Object.fromEntries(tags.map(({ key, value }) => [key, value])) }),
          },
        },
        {
          remark: kind === "" ? WHO : WHO_OF_PEOPLE,
          attributes: { assume_role_policy: jsonencode(asValue(trust)) },
        },
        { blocks: [lifecycle(accounts)] },
      ],
    },
    {
      head: `resource "aws_iam_role_policy" "${name}"`,
      body: [
        { attributes: { name: named, role: expression(`aws_iam_role.${name}.id`) } },
        { remark: WHAT, attributes: { policy: jsonencode(asValue(permissions)) } },
      ],
    },
  ];
}

const WHO = "Who may enter: the vendor's named roles and nobody else of its account, and only with the external ID.";
const WHO_OF_PEOPLE = "The vendor's people, for an hour, and only with MFA and the external ID.";
const WHAT = "All that the vendor may do.";

/** Policies are JSON with expressions in it; a key that is undefined is none. */
function asValue(document: TrustDocument<HclExpression> | PermissionsPolicy): HclValue {
  return document as unknown as HclValue;
}

function boundaryArn(name: string): HclExpression {
  const [partition, account] = ["data.aws_partition.current.partition", "data.aws_caller_identity.current.account_id"];
  return expression(`"arn:\${${partition}}:iam::\${${account}}:policy/${name}"`);
}

/**
 * What must hold before a role is made. That an external ID is one is asked here and not where the variable is declared,
 * because Terraform prints the value of a variable that its own validation refuses, sensitive or not.
 */
function lifecycle(accounts: readonly string[]): HclBlock {
  const { shortest, longest } = EXTERNAL_ID_LENGTH;
  const fits = [
    `length(var.external_id) >= ${shortest}`,
    `length(var.external_id) <= ${longest}`,
    `can(regex(${hclString(`^${EXTERNAL_ID_ALPHABET}+$`)}, var.external_id))`,
  ];
  const here = `contains([${accounts.map(hclString).join(", ")}], data.aws_caller_identity.current.account_id)`;
  const conditions = [
    [fits.join(" && "), `It is the external ID as the vendor gave it, of ${shortest} characters or more.`],
    ...(accounts.length === 0 ? [] : [[here, "This module was made for another account."] as const]),
  ] as const;
  const blocks = conditions.map(([condition, sentence]) => ({
    head: "precondition",
    body: [{ attributes: { condition: expression(condition), error_message: sentence } }],
  }));
  return { head: "lifecycle", body: blocks.map((block) => ({ blocks: [block] })) };
}

function outputs({ support }: RoleTemplate): readonly HclBlock[] {
  const output = (name: string, role: string, description: string): HclBlock => ({
    head: `output "${name}"`,
    body: [{ attributes: { description, value: expression(`aws_iam_role.${role}.arn`) } }],
  });
  return [
    output("role_arn", "vendor", "The role's ARN, which the vendor needs to know."),
    ...(support === null
      ? []
      : [output("support_role_arn", "support", "The ARN of the role for the vendor's people.")]),
  ];
}
