import { Document, isMap, isScalar, visit } from "yaml";
import type { PermissionsPolicy } from "./permissions-policy.ts";
import {
  EXTERNAL_ID_ALPHABET,
  EXTERNAL_ID_LENGTH,
  SESSION_SECONDS,
  SUFFIX,
  type RoleTemplate,
} from "./role-template.ts";
import { supportTrustDocument, trustDocument, type TrustDocument } from "./trust-document.ts";

/** CloudFormation's way of naming a parameter's value. */
interface Ref {
  readonly Ref: string;
}

const EXTERNAL_ID: Ref = { Ref: "ExternalId" };
const HERE: Ref = { Ref: "AWS::AccountId" };
const IN_ITS_ACCOUNT = "InItsAccount";

/**
 * The customer's side as a CloudFormation template, as plain data: one role, the second for people where the template
 * has one, each with an inline policy that ends with it. The external ID is a parameter that CloudFormation masks; it
 * is in no output and no metadata. Where accounts are given a rule refuses any other before anything is made, and a
 * condition leaves the roles out wherever rules are not read.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html
 */
export function cloudFormationTemplate(template: RoleTemplate): Readonly<Record<string, unknown>> {
  const { accounts } = template;
  const support = supportTrustDocument(template, EXTERNAL_ID);
  return {
    AWSTemplateFormatVersion: "2010-09-09",
    Description: template.description,
    Parameters: parameters(template),
    ...(accounts.length === 0 ? {} : { Rules: rules(accounts), Conditions: { [IN_ITS_ACCOUNT]: isOneOf(accounts) } }),
    Resources: {
      VendorRole: role(template, {
        kind: "",
        trust: trustDocument(template, EXTERNAL_ID),
        permissions: template.permissions,
        maxSessionSeconds: template.maxSessionSeconds,
      }),
      ...(support === null || template.support === null
        ? {}
        : {
            SupportRole: role(template, {
              kind: "-support",
              trust: support,
              permissions: template.support.permissions,
              maxSessionSeconds: SESSION_SECONDS.chained,
            }),
          }),
    },
    Outputs: {
      RoleArn: output(template, "VendorRole", "The role's ARN, which the vendor needs to know."),
      ...(support === null
        ? {}
        : { SupportRoleArn: output(template, "SupportRole", "The ARN of the role for the vendor's people.") }),
    },
  };
}

function parameters({ nameSuffix }: RoleTemplate) {
  const { shortest, longest } = EXTERNAL_ID_LENGTH;
  return {
    ExternalId: {
      Type: "String",
      NoEcho: true,
      MinLength: shortest,
      MaxLength: longest,
      AllowedPattern: `${EXTERNAL_ID_ALPHABET}+`,
      Description: "The external ID that the vendor made for this account alone. Treat it like a private key.",
      ConstraintDescription: `the external ID as the vendor gave it, of ${shortest} characters or more`,
    },
    RoleNameSuffix: {
      Type: "String",
      Default: nameSuffix,
      AllowedPattern: SUFFIX.source.slice(1, -1),
      Description: "Ends the names, so that nobody can guess them. Changing it replaces the role and its ARN.",
      ConstraintDescription: "8 to 16 lower-case letters and digits",
    },
  };
}

function rules(accounts: readonly string[]) {
  const assertion = {
    Assert: { "Fn::Contains": [accounts, HERE] },
    AssertDescription: "This template was made for another account.",
  };
  return { ItsAccountOnly: { Assertions: [assertion] } };
}

/** `Fn::Or` takes two to ten conditions, so a longer list is a tree of them. */
function isOneOf(accounts: readonly string[]): unknown {
  const [only, ...more] = accounts;
  if (more.length === 0) return { "Fn::Equals": [HERE, only] };
  const size = Math.max(1, 10 ** Math.ceil(Math.log10(accounts.length) - 1));
  const parts = Array.from({ length: Math.ceil(accounts.length / size) }, (_, part) =>
    isOneOf(accounts.slice(part * size, (part + 1) * size)),
  );
  return { "Fn::Or": parts };
}

function role(
  template: RoleTemplate,
  {
    kind,
    trust,
    permissions,
    maxSessionSeconds,
  }: {
    readonly kind: string;
    readonly trust: TrustDocument<Ref>;
    readonly permissions: PermissionsPolicy;
    readonly maxSessionSeconds: number;
  },
) {
  const name = { "Fn::Sub": `${template.namePrefix}${kind}-\${RoleNameSuffix}` };
  const { permissionsBoundary: boundary, tags } = template;
  return {
    Type: "AWS::IAM::Role",
    ...(template.accounts.length === 0 ? {} : { Condition: IN_ITS_ACCOUNT }),
    Properties: {
      RoleName: name,
      Description: template.description,
      MaxSessionDuration: maxSessionSeconds,
      AssumeRolePolicyDocument: trust,
      ...(boundary === null
        ? {}
        : {
            PermissionsBoundary: {
              "Fn::Sub": `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:policy/${boundary}`,
            },
          }),
      Policies: [{ PolicyName: name, PolicyDocument: permissions }],
      ...(tags.length === 0 ? {} : { Tags: tags.map(({ key, value }) => ({ Key: key, Value: value })) }),
    },
  };
}

function output({ accounts }: RoleTemplate, resource: string, description: string) {
  return {
    ...(accounts.length === 0 ? {} : { Condition: IN_ITS_ACCOUNT }),
    Description: description,
    Value: { "Fn::GetAtt": [resource, "Arn"] },
  };
}

/** What a customer's reviewer wants to know of each part, above that part. */
const REMARKS: readonly (readonly [path: readonly string[], remark: string])[] = [
  [
    ["Parameters", "ExternalId"],
    "Masked by CloudFormation. It stands in the role's trust policy, where whoever may read roles can see it.",
  ],
  [["Rules"], "Refuses any account but its own, before anything is made."],
  [["Conditions"], "The same again, for whatever deploys templates without reading their rules."],
  [["Resources", "VendorRole"], "The vendor's software enters here."],
  [
    ["Resources", "VendorRole", "Properties", "AssumeRolePolicyDocument"],
    "Who may enter: the vendor's named roles and nobody else of the vendor's account, and only with the external ID.",
  ],
  [["Resources", "VendorRole", "Properties", "Policies"], "All that the vendor may do."],
  [["Resources", "SupportRole"], "The vendor's people enter here, for an hour, and only with MFA and the external ID."],
];

/**
 * The template as YAML with remarks, to be read before it is deployed. Written for YAML 1.1 readers, which is what
 * CloudFormation's is: what they would take for a date, a number or a truth value is in quotes, and so is what only
 * readers of YAML 1.2 would take for a number, such as a suffix of `1e23456789`.
 */
export function cloudFormationYaml(template: RoleTemplate): string {
  const document = new Document(cloudFormationTemplate(template), { version: "1.1", aliasDuplicateObjects: false });
  for (const [path, remark] of REMARKS) {
    const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
    const pair = isMap(parent) ? parent.items.find(({ key }) => isScalar(key) && key.value === path.at(-1)) : undefined;
    if (isScalar(pair?.key)) pair.key.commentBefore = ` ${remark}`;
  }
  visit(document, {
    Scalar: (_, node) => {
      if (typeof node.value === "string" && /^[-+.\d]/.test(node.value)) node.type = "QUOTE_DOUBLE";
    },
  });
  return document.toString({ lineWidth: 0 });
}

/** The same as JSON. */
export function cloudFormationJson(template: RoleTemplate): string {
  return `${JSON.stringify(cloudFormationTemplate(template), null, 2)}\n`;
}
