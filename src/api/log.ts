import { escapeJson } from "../alerts/escape.ts";
import type { ProblemName } from "./problem.ts";

/** What the audit log says of a request: whose, what and how it ended; never what was sent or answered. */
export interface AuditEntry {
  readonly time: string;
  /** API Gateway's id of the request. */
  readonly requestId: string;
  /** Null: nobody was found. */
  readonly tenant: string | null;
  /** The operation of the route; null: there is none for what was asked. */
  readonly operation: string | null;
  /** The integration that was asked about, and is the tenant's or nobody's: what is another's is not told apart. */
  readonly integration: string | null;
  readonly accounts: number;
  readonly status: number;
  readonly problem: ProblemName | null;
  /** Of what failed here, for who mends it. */
  readonly failure?: string;
}

/** One line of JSON. */
export function auditLine(entry: AuditEntry): string {
  const { failure, ...rest } = entry;
  return escapeJson(
    JSON.stringify({ audit: "onboarding", ...rest, ...(failure !== undefined && { failure: withoutIds(failure) }) }),
  );
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;

/** A sentence of another's, with whatever could be an external ID of ours taken out, should one ever quote it. */
export function withoutIds(text: string): string {
  return text.replace(UUID, "(an id)");
}
