import { isFields, textOr, type Fields, type TrustPolicy } from "./found.ts";

/** Request parameters that hold the trust policy, by operation. */
const PARAMETERS: Readonly<Record<string, string>> = {
  CreateRole: "assumeRolePolicyDocument",
  UpdateAssumeRolePolicy: "policyDocument",
};

/**
 * The trust policy that a CloudTrail record set, or why it set none. A policy that IAM took may name a living principal
 * by its unique id.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
 */
export function policySetBy(record: unknown, where: string): TrustPolicy | string {
  if (!isFields(record) || record.eventSource !== "iam.amazonaws.com") return "other event";
  const { eventName, errorCode, requestParameters: asked } = record;
  const parameter = typeof eventName === "string" && Object.hasOwn(PARAMETERS, eventName) ? PARAMETERS[eventName] : "";
  if (parameter === undefined || parameter === "") return "other event";
  if (typeof errorCode === "string" && errorCode !== "") return "refused change";
  const parameters = isFields(asked) ? asked : {};
  return {
    role: { arn: roleArn(record, parameters), uniqueIds: "unknown", permissions: null },
    document: parameters[parameter],
    where,
  };
}

/** As the answer names it, else from the account and the name, whose path nobody knows then. */
function roleArn({ responseElements, recipientAccountId, userIdentity }: Fields, asked: Fields): string | null {
  const role = isFields(responseElements) ? responseElements.role : undefined;
  const answered = isFields(role) ? textOr(role.arn, null) : null;
  if (answered !== null) return answered;
  const account = textOr(recipientAccountId, isFields(userIdentity) ? textOr(userIdentity.accountId, null) : null);
  const name = textOr(asked.roleName, null);
  if (account === null || name === null) return null;
  const path = textOr(asked.path, "/") ?? "/";
  return `arn:aws:iam::${account}:role${path}${name}`;
}
