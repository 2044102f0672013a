import type { Alert } from "../alert.ts";
import { escapeCell } from "../escape.ts";
import type { Format } from "./format.ts";

/**
 * The columns in order, by name: an alert's own fields, one level deeper joined by a dot. Lists are joined by a space,
 * evidence is JSON, what is null is empty. New columns are added at the end.
 */
export const CSV_COLUMNS: Readonly<Record<string, (alert: Alert) => string | number | null | undefined>> = {
  id: (alert) => alert.id,
  severity: (alert) => alert.severity,
  detector: (alert) => alert.detector,
  title: (alert) => alert.title,
  summary: (alert) => alert.summary,
  firstSeen: (alert) => alert.firstSeen,
  lastSeen: (alert) => alert.lastSeen,
  calls: (alert) => alert.calls,
  tenant: (alert) => alert.tenant,
  account: (alert) => alert.account,
  roleArn: (alert) => alert.roleArn,
  workload: (alert) => alert.workload,
  "principal.type": (alert) => alert.principal?.type,
  "principal.arn": (alert) => alert.principal?.arn,
  "principal.sessionName": (alert) => alert.principal?.sessionName,
  "principal.credential": (alert) => alert.principal?.credential,
  "source.address": (alert) => alert.source?.address,
  "source.vpcEndpointId": (alert) => alert.source?.vpcEndpointId,
  "source.kind": (alert) => alert.source?.kind,
  "source.place": (alert) => alert.source?.place,
  "source.userAgent": (alert) => alert.source?.userAgent,
  "window.start": (alert) => alert.window?.start,
  "window.end": (alert) => alert.window?.end,
  eventIds: (alert) => alert.eventIds.join(" "),
  evidence: (alert) => JSON.stringify(alert.evidence),
  attack: (alert) => alert.attack.join(" "),
  "suppressed.reason": (alert) => alert.suppressed?.reason,
  "suppressed.owner": (alert) => alert.suppressed?.owner,
  "suppressed.until": (alert) => alert.suppressed?.until,
  "versions.product": (alert) => alert.versions.product,
  "versions.config": (alert) => alert.versions.config,
  "versions.ranges": (alert) => alert.versions.ranges,
  "versions.baseline": (alert) => alert.versions.baseline,
};

/** A header and a row an alert, every cell quoted, for a spreadsheet. @see https://www.rfc-editor.org/rfc/rfc4180 */
export const csv: Format = {
  name: "csv",
  contentFor: (alerts) =>
    [
      rowOf(Object.keys(CSV_COLUMNS)),
      ...alerts.map((alert) => rowOf(Object.values(CSV_COLUMNS).map((valueOf) => String(valueOf(alert) ?? "")))),
    ].join(""),
};

function rowOf(cells: readonly string[]): string {
  return `${cells.map(escapeCell).join(",")}\r\n`;
}
