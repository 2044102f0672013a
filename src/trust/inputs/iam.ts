import type { Permission } from "../permissions.ts";
import { isFields, textOr, type Fields, type TrustPolicy } from "./found.ts";

/**
 * What IAM answers about roles: `get-role`, `list-roles`, `get-account-authorization-details`, or a role by itself, as
 * `--query Role` prints it; `get-bucket-policy` and `get-key-policy` too, and a policy by itself. Null for anything else.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
 */
export function policiesIn(value: Fields, where: string): readonly TrustPolicy[] | null {
  if (Array.isArray(value.RoleDetailList)) return detailed(value, joined(where, "RoleDetailList"));
  if (Array.isArray(value.Roles)) return roles(value.Roles, joined(where, "Roles"));
  if (isFields(value.Role)) return [ofRole(value.Role, joined(where, "Role"), null)];
  if ("AssumeRolePolicyDocument" in value) return [ofRole(value, where, null)];
  if ("Statement" in value) return [bare(value, where)];
  if (typeof value.Policy === "string") return [bare(value.Policy, joined(where, "Policy"))];
  return null;
}

function joined(where: string, step: string): string {
  return where === "" ? step : `${where}: ${step}`;
}

/** Nobody says whose it is, nor whether somebody deleted is in it. */
export function bare(document: unknown, where: string): TrustPolicy {
  return { role: { arn: null, uniqueIds: "unknown", permissions: null }, document, where };
}

function roles(list: readonly unknown[], where: string): readonly TrustPolicy[] {
  return list.map((each, at) => ofRole(isFields(each) ? each : {}, `${where}[${at}]`, null));
}

function ofRole(role: Fields, where: string, permissions: readonly Permission[] | null): TrustPolicy {
  return {
    role: { arn: textOr(role.Arn, null), uniqueIds: "dead", permissions },
    document: role.AssumeRolePolicyDocument,
    where,
  };
}

function detailed({ RoleDetailList, Policies }: Fields, where: string): readonly TrustPolicy[] {
  const documents = new Map(listOf(Policies).map((each) => [each.Arn, currentOf(each)]));
  return (RoleDetailList as readonly unknown[]).map((each, at) => {
    const role = isFields(each) ? each : {};
    return ofRole(role, `${where}[${at}]`, permissionsOf(role, documents));
  });
}

function permissionsOf(role: Fields, documents: ReadonlyMap<unknown, unknown>): readonly Permission[] {
  return [
    ...listOf(role.AttachedManagedPolicies).map(({ PolicyArn, PolicyName }) => ({
      name: textOr(PolicyArn, textOr(PolicyName, "a managed policy")) ?? "",
      document: documents.get(PolicyArn) ?? null,
    })),
    ...listOf(role.RolePolicyList).map(({ PolicyName, PolicyDocument }) => ({
      name: textOr(PolicyName, "an inline policy") ?? "",
      document: PolicyDocument,
    })),
  ];
}

function currentOf({ PolicyVersionList }: Fields): unknown {
  return listOf(PolicyVersionList).find(({ IsDefaultVersion }) => IsDefaultVersion === true)?.Document ?? null;
}

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}
