import type { CallDetector } from "./detector.ts";
import { evidenceOf } from "./evidence.ts";
import { deniedCall, exampleCall, exampleEntry, exampleVendor } from "./example.ts";
import { counted, victims, workloads } from "./phrase.ts";

/** What STS gives where the caller asks for nothing. */
const DEFAULT_SECONDS = 3_600;
const contract = { maxDurationSeconds: 3_600 };
const lasting = (durationSeconds: number | null) => exampleCall({ asked: { durationSeconds } });

export const longSession: CallDetector = {
  id: "long-session",
  version: 1,
  title: "A session was asked for longer than the role's contract allows",
  severity: "low",
  attack: ["T1078.004"],
  why: "Stolen credentials are worth what is left of them. A session longer than the task needs is time given away.",
  respond: [
    "Did the workload's configuration change?",
    "Does the caller fit the workload: address, session name, client?",
  ],
  blind: "Sessions renewed over and over.",
  sources: ["https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html"],
  summary: (evidence) =>
    `${workloads(evidence)} opened a session of ${counted(evidence.measures.get("durationSeconds") ?? 0, "second")} ` +
    `(at most ${evidence.measures.get("promisedSeconds") ?? 0} promised) to ${victims(evidence)}.`,
  judges: "call",
  judge: (sighting) => {
    const { call, hop, role } = sighting;
    const promisedSeconds = role?.maxDurationSeconds ?? Infinity;
    if (hop !== "crossing" || role === null || call.asked === null || call.outcome !== "allowed") return undefined;
    const durationSeconds = call.asked.durationSeconds ?? DEFAULT_SECONDS;
    if (durationSeconds <= promisedSeconds) return undefined;
    const evidence = evidenceOf(sighting);
    evidence.measures.set("durationSeconds", durationSeconds);
    evidence.measures.set("promisedSeconds", promisedSeconds);
    return { subject: role.arn, tenant: null, dayMs: call.timeMs, evidence };
  },
  examples: {
    fires: {
      "twelve hours": { vendor: exampleVendor(contract), events: [lasting(43_200)] },
      "a second too long": { vendor: exampleVendor(contract), events: [lasting(3_601)] },
      "the default hour, where fifteen minutes were promised": {
        vendor: exampleVendor({ maxDurationSeconds: 900 }),
        events: [lasting(null)],
      },
    },
    quiet: {
      "as long as promised": { vendor: exampleVendor(contract), events: [lasting(3_600), lasting(null)] },
      "a role without a limit": { vendor: exampleVendor(), events: [lasting(43_200)] },
      "the call was denied": { vendor: exampleVendor(contract), events: [deniedCall()] },
      "the entry into the outbound role": {
        vendor: exampleVendor(contract),
        events: [exampleEntry({ asked: { durationSeconds: 43_200 } })],
      },
    },
  },
};
