import type { Incident } from "../tenants/incident.ts";
import { ACME, later } from "./example.ts";

type Changes = Partial<Omit<Incident, "kind" | "timeMs">> & { readonly seconds?: number };

/** Something the vendor's desk met with about the first of the examples' customers, so many seconds after ten. */
export function exampleIncident(kind: Incident["kind"], { seconds = 0, ...changes }: Changes = {}): Incident {
  return {
    kind,
    timeMs: later(seconds),
    tenant: ACME.tenant,
    account: ACME.account,
    roleArn: null,
    facts: {},
    ...changes,
  };
}
