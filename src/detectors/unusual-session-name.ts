import { DAY_MS } from "../baseline/counts.ts";
import { unlearnedShapes } from "../baseline/names.ts";
import type { Past } from "../baseline/past.ts";
import { shapeOf } from "../outbound/name-shape.ts";
import type { Sighting } from "../outbound/sighting.ts";
import { tenantOf } from "../tenants/tenant.ts";
import { roleNamed } from "./assumptions.ts";
import type { FacetsDetector } from "./detector.ts";
import { evidenceOf, evidenceOfFacets } from "./evidence.ts";
import { exampleCall, exampleEntry, exampleVendor, GLOBEX, onDays, promisedNames } from "./example.ts";
import { fact, victims, workloads } from "./phrase.ts";

const named = (sessionName: string) => exampleCall({ asked: { sessionName } });
const contract = { sessionNames: promisedNames("scan-{tenant}-*", "canary") };
/** A build's hash in every name, a new build every other day. */
const builds = onDays(12, (day) => [named(`scan-acme-8c1f${String(Math.floor(day / 2)).padStart(4, "0")}`)]);

export const unusualSessionName: FacetsDetector = {
  id: "unusual-session-name",
  version: 1,
  title: "A session name is not one of the workload's",
  severity: "medium",
  attack: ["T1078.004"],
  why:
    "A workload names its sessions by a pattern of its own. A name left to an SDK, a tool or a person says that " +
    "something else than the workload asked for the credentials.",
  respond: [
    "Was a new version of the workload deployed with a new pattern? Then add it to the role's sessionNames.",
    "Does the name belong to a tool: an SDK's default, terraform, an instance id, a person?",
    "Do the address and the client fit the workload's?",
  ],
  blind:
    "An attacker who has seen a session name and imitates the pattern, placeholders included; until ten days are sealed, " +
    "names of roles for which none are configured.",
  sources: [
    "https://securitylabs.datadoghq.com/articles/securely-integrating-with-customers-aws-accounts/",
    "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html",
  ],
  summary: (evidence) =>
    `Sessions named ${fact(evidence, "sessionNames", "nothing")} were opened through ${workloads(evidence)}, ` +
    `which does not name its sessions so, reaching ${victims(evidence)}.`,
  judges: "facets",
  judgeCall: (sighting) => {
    const { call, role } = sighting;
    const name = nameOf(sighting);
    if (name === null || !role?.sessionNames || role.sessionNames.allows(name, targetOf(sighting))) return undefined;
    return {
      subject: role.arn,
      tenant: null,
      dayMs: call.timeMs,
      evidence: evidenceOf(sighting, { sessionNames: [name], promised: role.sessionNames.templates }),
    };
  },
  remembers: {
    name: "names",
    learns: "labels",
    note: (sighting) => {
      const { call, role } = sighting;
      const name = nameOf(sighting);
      if (role === null || name === null) return undefined;
      if (role.sessionNames?.allows(name, targetOf(sighting)) === false) return undefined;
      return { subject: role.arn, label: shapeOf(name, targetOf(sighting)), dayMs: call.timeMs };
    },
  },
  judge: (subject, facets, vendor, past) => {
    const role = roleNamed(subject, vendor);
    if (role === undefined || past === null) return [];
    const whose = { promised: role.sessionNames?.templates ?? null, registry: vendor.registry };
    const off = unlearnedShapes(facets, past, whose);
    return [...Map.groupBy(off, (shape) => firstDayOf(shape, past))].map(([day, shapes]) => {
      const strange = new Map([...facets].filter(([shape]) => shapes.includes(shape)));
      const names = [...strange.values()].flatMap(({ head }) => head.map(({ named }) => named));
      const evidence = evidenceOfFacets(strange, { sessionNames: names, shapes });
      evidence.workloads.add(role.workload);
      return { subject, tenant: null, dayMs: day * DAY_MS, evidence, byPast: true };
    });
  },
  examples: {
    fires: {
      "an SDK's default name": { vendor: exampleVendor(contract), events: [named("botocore-session-1700000000")] },
      "another tenant's name": {
        vendor: exampleVendor(contract),
        events: [exampleCall({ target: GLOBEX, asked: { sessionName: "scan-acme-1" } })],
      },
      "the prefix alone is imitated": { vendor: exampleVendor(contract), events: [named("scan-test0")] },
      "a person's word where builds have hashes, with nothing configured": {
        vendor: exampleVendor(),
        past: builds,
        events: [named("scan-acme-test0")],
      },
      "a person's word where builds have hashes, within what is configured": {
        vendor: exampleVendor({ sessionNames: promisedNames("scan-*") }),
        past: builds,
        events: [named("scan-test0"), named("scan-acme-8c1f0009")],
      },
    },
    quiet: {
      "the contract's pattern with a build number": {
        vendor: exampleVendor(contract),
        events: [named("scan-acme-8c1f"), named("scan-acme-9d20")],
      },
      "a fixed name of the contract": { vendor: exampleVendor(contract), events: [named("canary")] },
      "a role without a contract for names": { vendor: exampleVendor(), events: [named("botocore-session-1")] },
      "a deploy that changes the build's hash": {
        vendor: exampleVendor(),
        past: builds,
        events: [named("scan-acme-b70c44de")],
      },
      "a pattern that was configured today": {
        vendor: exampleVendor({ sessionNames: promisedNames("scan-*", "probe-*") }),
        past: builds,
        events: [named("probe-acme-77")],
      },
      "the workload's own entry into the outbound role": {
        vendor: exampleVendor(contract),
        events: [exampleEntry({ asked: { sessionName: "task-1" } })],
      },
    },
  },
};

/** A shape that alarmed before is the same alert, which grows: a pattern that stays is not news every day. */
function firstDayOf(shape: string, { offNames, day }: Past): number {
  const days = [...offNames].flatMap(([other, shapes]) => (shapes.has(shape) ? [Number(other)] : []));
  return Math.min(day, ...days);
}

/** The name that a session in a customer's account was given; null for any other call. */
function nameOf({ call, hop }: Sighting): string | null {
  return hop === "crossing" ? (call.asked?.sessionName ?? null) : null;
}

function targetOf({ call, tenancy }: Sighting) {
  return { tenant: tenantOf(tenancy), account: call.target.account };
}
