import type { IncidentDetector } from "../../src/detectors/detector.ts";
import { evidenceOfIncident } from "../../src/detectors/evidence.ts";

/** Judges `role-opened` and nothing else, so that what becomes of a probe's incident can be followed to the outbox. */
export const openedByProbe: IncidentDetector = {
  id: "trust-policy-weakened",
  version: 1,
  title: "A customer's role lets in without its external ID",
  severity: "critical",
  attack: ["T1098.003"],
  why: "A role that lets in anybody who has the vendor confused.",
  respond: ["Mend the trust policy."],
  blind: "Roles that are not probed.",
  sources: ["https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html"],
  summary: ({ facts }) => `It lets in ${[...(facts.get("lets in") ?? [])].join(" and ")}.`,
  judges: "incident",
  judge: (incident) => {
    if (incident.kind !== "role-opened") return undefined;
    const evidence = evidenceOfIncident(incident);
    return { subject: incident.roleArn ?? "", tenant: incident.tenant, dayMs: incident.timeMs, evidence };
  },
  examples: { fires: {}, quiet: {} },
};
