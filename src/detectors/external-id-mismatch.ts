import type { CallDetector } from "./detector.ts";
import { evidenceOf } from "./evidence.ts";
import { ACME, deniedCall, exampleCall, exampleDigest, exampleVendor, GLOBEX, later } from "./example.ts";
import { fact, victims } from "./phrase.ts";

const withId = (of: string, at = 0) =>
  exampleCall({ at: later(at), asked: { externalId: { digest: exampleDigest(of), strength: "strong" } } });
const rotated = {
  ...ACME,
  externalId: exampleDigest("new"),
  previousExternalId: exampleDigest("old"),
  previousUntilMs: later(3_600),
};

const twiceRotated = {
  ...rotated,
  previousExternalId: exampleDigest("newer"),
  retired: [{ externalId: exampleDigest("old"), untilMs: later(3_600) }],
};

export const externalIdMismatch: CallDetector = {
  id: "external-id-mismatch",
  version: 1,
  title: "A customer's role accepted an external ID that is not its own",
  severity: "high",
  attack: ["T1199", "T1078.004"],
  why:
    "The role let the vendor in with an ID that the registry does not hold for it. Either the role does not enforce the " +
    "current one, or somebody set an ID behind the registry's back; with another tenant's ID it is the confused deputy at work.",
  respond: [
    "Whose ID was it: another tenant's, the role's own before a rotation, or nobody's?",
    "Who asked for this role to be connected with that ID, and through which account of the product?",
    "Probe the role (`verify`): does it refuse a wrong ID? If not, the customer's trust policy must be mended.",
  ],
  blind: "A wrong ID that was denied: CloudTrail records no parameters of denied calls.",
  sources: [
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html",
    "https://aws.amazon.com/blogs/apn/securely-using-external-id-for-accessing-aws-accounts-owned-by-others/",
  ],
  summary: (evidence) =>
    `The role of ${victims(evidence)} was entered with an external ID of ${fact(evidence, "externalIdOf", "nobody in the registry")}.`,
  judges: "call",
  judge: (sighting, { registry, digestsComparable }) => {
    const { call, hop, tenancy } = sighting;
    const seen = call.asked?.externalId;
    if (hop !== "crossing" || call.outcome !== "allowed" || !digestsComparable || registry === null) return undefined;
    if (seen === undefined || seen === null || seen === "hidden" || tenancy?.kind !== "registered") return undefined;
    const { role } = tenancy;
    const holders = registry.holdersOf(seen.digest, call.timeMs);
    if (role.externalId === null || holders.some(({ roleArn }) => roleArn === role.roleArn)) return undefined;
    return {
      subject: role.roleArn,
      tenant: role.tenant,
      dayMs: call.timeMs,
      evidence: evidenceOf(sighting, {
        externalIdOf: holders.map(({ tenant }) => tenant),
        externalIdStrength: [seen.strength],
      }),
    };
  },
  examples: {
    fires: {
      "another tenant's ID": { vendor: exampleVendor(), events: [withId("globex")] },
      "an ID that nobody registered": { vendor: exampleVendor(), events: [withId("made-up")] },
      "the old ID, after the rotation's overlap": {
        vendor: exampleVendor({}, [rotated, GLOBEX]),
        events: [withId("old", 3_601)],
      },
      "an ID that an earlier rotation ended, after its end": {
        vendor: exampleVendor({}, [twiceRotated, GLOBEX]),
        events: [withId("old", 3_600)],
      },
    },
    quiet: {
      "the role's own ID": { vendor: exampleVendor(), events: [exampleCall()] },
      "both IDs during a rotation's overlap": {
        vendor: exampleVendor({}, [rotated, GLOBEX]),
        events: [withId("old", 60), withId("new", 61)],
      },
      "an ID that an earlier rotation ended, in a call of its time that is read today": {
        vendor: exampleVendor({}, [twiceRotated, GLOBEX]),
        events: [withId("old", 3_599), withId("newer", 60), withId("new", 3_601)],
      },
      "a denied call: nobody can tell what was sent": { vendor: exampleVendor(), events: [deniedCall()] },
      "no key to compare with": {
        vendor: exampleVendor({}, undefined, { digestsComparable: false }),
        events: [withId("globex")],
      },
      "the record keeps the ID back": {
        vendor: exampleVendor(),
        events: [exampleCall({ asked: { externalId: "hidden" } })],
      },
    },
  },
};
