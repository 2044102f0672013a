import type { RoleTemplate } from "./role-template.ts";

/** A trust policy of one statement. `Id` is the external ID, or how a form refers to it. */
export interface TrustDocument<Id> {
  readonly Version: "2012-10-17";
  readonly Statement: readonly [
    {
      readonly Sid: string;
      readonly Effect: "Allow";
      readonly Principal: { readonly AWS: readonly string[] };
      readonly Action: "sts:AssumeRole";
      readonly Condition: {
        readonly StringEquals: { readonly "sts:ExternalId": Id };
        readonly StringLike?: { readonly "sts:RoleSessionName": readonly string[] };
        readonly Bool?: { readonly "aws:MultiFactorAuthPresent": "true" };
      };
    },
  ];
}

/**
 * Who may enter the customer's role: the vendor's outbound roles by name, with the customer's external ID, and under a
 * session name of the workload's where the template says so. A role's ARN, and not the account's root, so that no other
 * principal of the vendor can be lent the way in.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html
 */
export function trustDocument<Id>(
  { vendorRoles, sessionNames }: Pick<RoleTemplate, "vendorRoles" | "sessionNames">,
  externalId: Id,
): TrustDocument<Id> {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "VendorWithExternalId",
        Effect: "Allow",
        Principal: { AWS: vendorRoles },
        Action: "sts:AssumeRole",
        Condition: {
          StringEquals: { "sts:ExternalId": externalId },
          ...(sessionNames === null ? {} : { StringLike: { "sts:RoleSessionName": sessionNames } }),
        },
      },
    ],
  };
}

/**
 * Who may enter the role for people: named users, who show MFA and the external ID as well, because MFA says who the
 * caller is and not for which customer the call is made. Null where the template has no such role.
 */
export function supportTrustDocument<Id>(
  { support }: Pick<RoleTemplate, "support">,
  externalId: Id,
): TrustDocument<Id> | null {
  if (support === null) return null;
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "SupportWithMfaAndExternalId",
        Effect: "Allow",
        Principal: { AWS: support.principals },
        Action: "sts:AssumeRole",
        Condition: {
          StringEquals: { "sts:ExternalId": externalId },
          Bool: { "aws:MultiFactorAuthPresent": "true" },
        },
      },
    ],
  };
}
