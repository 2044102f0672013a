import { readAhead, type Document } from "../sources/source.ts";
import { auditTrust, type AuditInput, type TrustAudit } from "../trust/audit.ts";
import { sharedIds } from "../trust/findings/shared-ids.ts";
import { trustPoliciesIn } from "../trust/inputs/open.ts";
import { reported, type TrustReport } from "../trust/report.ts";

/** Whom the roles are judged for. */
export type ForVendor = Pick<AuditInput, "vendorAccounts" | "vendorRoles">;

/** What `audit` found in its sources: everything read is in one of the four. */
export interface Audits {
  readonly roles: readonly AuditedRole[];
  readonly files: number;
  readonly skipped: ReadonlyMap<string, number>;
  readonly rejected: readonly { readonly where: string; readonly reason: string }[];
}

/** One role's report, and what a correction of it needs. */
export interface AuditedRole {
  readonly report: TrustReport;
  readonly audit: TrustAudit;
  readonly input: AuditInput;
}

/** Reads every document and judges every trust policy in it; a document that cannot be read stops none beside it. */
export async function auditDocuments(documents: readonly Document[], vendor: ForVendor): Promise<Audits> {
  const audits: { source: string; where: string; audit: TrustAudit; input: AuditInput }[] = [];
  const skipped = new Map<string, number>();
  const rejected: { where: string; reason: string }[] = [];
  for await (const read of readAhead(documents)) {
    if ("reason" in read) {
      rejected.push({ where: read.name, reason: read.reason });
      continue;
    }
    const found = trustPoliciesIn(read.bytes);
    const place = (where: string): string => (where === "" ? read.name : `${read.name}, ${where}`);
    for (const [reason, many] of found.skipped) skipped.set(reason, (skipped.get(reason) ?? 0) + many);
    for (const { where, reason } of found.rejected) rejected.push({ where: place(where), reason });
    for (const { role, document, where } of found.policies) {
      const input = { ...vendor, role, idsReplaced: false };
      const { audit, reason } = auditTrust(document, input);
      if (audit === undefined) rejected.push({ where: place(where), reason: `trust policy: ${reason}` });
      else audits.push({ source: read.name, where, audit, input });
    }
  }
  const shared = sharedIds(audits.map(({ audit }) => audit));
  const roles = audits.map(({ source, where, audit, input }) => {
    const also = shared.get(audit);
    return { audit, input, report: reported(audit, { source, where, more: also === undefined ? [] : [also] }) };
  });
  return { roles, files: documents.length, skipped, rejected };
}
