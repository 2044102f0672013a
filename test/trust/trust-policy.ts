import { auditTrust, type AuditInput, type TrustAudit } from "../../src/trust/audit.ts";
import { OWN, SCANNER, VENDOR } from "./policies.ts";

/** A random UUID that stands in documentation only. */
export const ID = "3f2b8c1e-7d4a-4e9b-9c6f-1a2b3c4d5e6f";

export const INPUT: AuditInput = {
  role: { arn: `arn:aws:iam::${OWN}:role/Vendor-7f3a`, uniqueIds: "unknown", permissions: null },
  vendorAccounts: [VENDOR],
  vendorRoles: [SCANNER],
  idsReplaced: false,
};

/** The Allow that AWS's guide for third parties shows, with changes. */
export function allow(changes: object = {}): object {
  return {
    Effect: "Allow",
    Principal: { AWS: SCANNER },
    Action: "sts:AssumeRole",
    Condition: { StringEquals: { "sts:ExternalId": ID } },
    ...changes,
  };
}

export function policy(...statements: readonly unknown[]): object {
  return { Version: "2012-10-17", Statement: statements };
}

/** An audit that must be possible. */
export function audited(document: unknown, changes: Partial<AuditInput> = {}): TrustAudit {
  const { audit, reason } = auditTrust(document, { ...INPUT, ...changes });
  if (audit === undefined) throw new Error(reason);
  return audit;
}

/** The ids of the findings, with the statement where there is one: `external-id-missing@0`. */
export function found(audit: TrustAudit): readonly string[] {
  return audit.findings.map(({ id, statement }) => (statement === null ? id : `${id}@${statement}`));
}
