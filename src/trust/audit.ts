import { parseArn } from "../trail/arn.ts";
import { findingsOf, type Finding } from "./findings/index.ts";
import { readPolicy, type Policy } from "./policy.ts";
import type { UniqueIds } from "./principal.ts";
import { verdicts, worst, type Enforcement, type Verdict } from "./verdict.ts";
import type { Permission } from "./permissions.ts";

/** What is known of the role besides its trust policy. */
export interface RoleFacts {
  /** Null: unknown, and every account that the policy names is a foreign one. */
  readonly arn: string | null;
  /** `dead` where IAM itself printed the policy, as it prints a living principal's ARN and only a dead one's id. */
  readonly uniqueIds: UniqueIds;
  /** What the role may do, as far as the input tells; null where it does not. */
  readonly permissions: readonly Permission[] | null;
}

/** The role and the vendor that it is judged for. */
export interface AuditInput {
  readonly role: RoleFacts;
  /** Empty: unknown, and every foreign account is judged as if it were the vendor's. */
  readonly vendorAccounts: readonly string[];
  /** ARNs of the roles that the vendor enters with. */
  readonly vendorRoles: readonly string[];
  /** Whether the IDs in the document were replaced by tokens; then nothing is said about how hard they are to guess. */
  readonly idsReplaced: boolean;
}

/** What a trust policy is worth. */
export interface TrustAudit {
  readonly role: string | null;
  /** Whether any principal of another account can assume the role. */
  readonly crossAccount: boolean;
  /** For the vendor's accounts, the worst of them. */
  readonly externalId: Enforcement;
  readonly mfa: Enforcement;
  /**
   * Conformity's rule IAM-050: whoever of another account enters shows an external ID or a second factor.
   * @see https://www.trendmicro.com/cloudoneconformity/knowledge-base/aws/IAM/cross-account-access-lacks-external-id-and-mfa.html
   */
  readonly iam050: "pass" | "fail" | "not-applicable";
  readonly findings: readonly Finding[];
  /** Account by account, as far as they are judged. */
  readonly accounts: readonly Verdict[];
  readonly policy: Policy;
}

/** An audit, or one sentence about why the document cannot be read, which quotes nothing of it. */
export type Audited =
  { readonly audit: TrustAudit; readonly reason?: undefined } | { readonly reason: string; readonly audit?: undefined };

/**
 * Judges a trust policy by asking it with every sort of request that it can tell apart. The document may be an object,
 * JSON text, or that URL-encoded. External IDs in it may be replaced by opaque tokens, equal IDs by equal tokens, as
 * long as wildcards stay and the tokens are made of an ID's characters; nothing of an ID is in the answer. Never throws.
 */
export function auditTrust(document: unknown, input: AuditInput): Audited {
  const { role, vendorAccounts, vendorRoles } = input;
  const { policy, reason } = readPolicy(document);
  if (policy === undefined) return { reason };
  const own = parseArn(role.arn ?? "")?.account ?? null;
  const partition = partitionOf(role.arn, policy);
  const known = { partition, roles: vendorRoles, uniqueIds: role.uniqueIds };
  const foreign = policy.ofResource ? [] : verdicts(policy, { accounts: vendorAccounts, own, known });
  const accounts =
    vendorAccounts.length === 0 ? foreign : foreign.filter(({ account }) => vendorAccounts.includes(account));
  const entered = foreign.flatMap(({ entries }) => entries);
  const unguarded = entered.some(({ id, mfa }) => id !== "right" && !mfa);
  const judged = {
    role: role.arn,
    crossAccount: entered.length > 0,
    externalId: worst(accounts.map(({ externalId }) => externalId)),
    mfa: worst(accounts.map(({ mfa }) => mfa)),
    iam050: entered.length === 0 ? ("not-applicable" as const) : unguarded ? ("fail" as const) : ("pass" as const),
    ...{ accounts, policy },
  };
  const { permissions, uniqueIds } = role;
  const matter = { ...judged, ...{ own, foreign, permissions, uniqueIds, vendorAccounts, vendorRoles } };
  return { audit: { ...judged, findings: findingsOf({ ...matter, idsReplaced: input.idsReplaced }) } };
}

/** Of the role, else of the first principal that tells one. */
function partitionOf(roleArn: string | null, { statements }: Policy): string {
  const arns = statements.flatMap(({ principals }) =>
    principals.list.flatMap((each) => (each.kind === "identity" ? [each.arn] : [])),
  );
  return parseArn(roleArn ?? arns[0] ?? "")?.partition ?? "aws";
}
