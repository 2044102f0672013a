import { compileGlob } from "../outbound/glob.ts";
import type { ControlDetector } from "./detector.ts";
import { evidenceOfEvent } from "./evidence.ts";
import { exampleChange, exampleVendor } from "./example.ts";
import { fact, who } from "./phrase.ts";

/** Services whose every listed operation concerns a trail; the others' resources are judged by name. */
const TRAIL_SERVICES: ReadonlySet<string> = new Set(["cloudtrail.amazonaws.com", "organizations.amazonaws.com"]);
const TELLING_NAME = /cloud-?trail|deputywatch/i;

export const trailTampering: ControlDetector = {
  id: "trail-tampering",
  version: 1,
  title: "The trail, or its way to the watcher, was stopped or changed",
  severity: "critical",
  attack: ["T1562.008"],
  why:
    "Whoever uses the outbound role unseen first switches off what sees it. After this event silence means nothing " +
    "until the trail is whole again.",
  respond: [
    "Restore it first: start logging, enable the rule, re-create what was deleted.",
    "Who is the principal, and is there a change ticket from before the event?",
    "What happened since: read the copies that the change did not reach (other regions, the organisation's trail).",
  ],
  blind:
    "Tampering in an account without a trail; buckets, keys, queues, topics and rules that neither bear a telling name " +
    "nor are listed under `trailResources`.",
  sources: [
    "https://attack.mitre.org/techniques/T1562/008/",
    "https://github.com/DataDog/stratus-red-team/tree/main/docs/attack-techniques/AWS",
  ],
  summary: (evidence) =>
    `${who(evidence)} called ${fact(evidence, "operations", "an operation")} on ${fact(evidence, "resources", "an unnamed resource")} ` +
    `(${fact(evidence, "outcomes", "outcome unknown")}).`,
  judges: "control",
  judge: (event, { accounts, trailResources }) => {
    if (accounts.size > 0 && event.recipient !== null && !accounts.has(event.recipient)) return undefined;
    if (event.caller.kind === "AWSService" || event.service === "iam.amazonaws.com") return undefined;
    const { resource } = event;
    const concerned =
      TRAIL_SERVICES.has(event.service) ||
      (resource !== null &&
        (TELLING_NAME.test(resource) || trailResources.some((glob) => compileGlob(glob)(resource))));
    if (!concerned) return undefined;
    return {
      subject: `${event.service} ${event.recipient ?? ""}`,
      tenant: null,
      dayMs: event.timeMs,
      evidence: evidenceOfEvent(event, {
        operations: [event.operation],
        resources: [resource],
        outcomes: [event.outcome],
        addresses: [event.source.address],
      }),
    };
  },
  examples: {
    fires: {
      "the trail is stopped": {
        vendor: exampleVendor(),
        events: [exampleChange("cloudtrail.amazonaws.com", "StopLogging")],
      },
      "the trail's selectors are narrowed": {
        vendor: exampleVendor(),
        events: [exampleChange("cloudtrail.amazonaws.com", "PutEventSelectors")],
      },
      "the trail's bucket gets a lifecycle": {
        vendor: exampleVendor(),
        events: [exampleChange("s3.amazonaws.com", "PutBucketLifecycle", { resource: "acme-cloudtrail-logs" })],
      },
      "a listed queue is purged": {
        vendor: exampleVendor({}, undefined, { trailResources: ["*/trail-events"] }),
        events: [
          exampleChange("sqs.amazonaws.com", "PurgeQueue", {
            resource: "https://sqs.us-east-1.amazonaws.com/999988887777/trail-events",
          }),
        ],
      },
      "somebody tries and is denied": {
        vendor: exampleVendor(),
        events: [
          exampleChange("cloudtrail.amazonaws.com", "DeleteTrail", { outcome: "denied", errorCode: "AccessDenied" }),
        ],
      },
    },
    quiet: {
      "a lifecycle on any other bucket": {
        vendor: exampleVendor(),
        events: [exampleChange("s3.amazonaws.com", "PutBucketLifecycle", { resource: "website-assets" })],
      },
      "a rule of another team is disabled": {
        vendor: exampleVendor(),
        events: [exampleChange("events.amazonaws.com", "DisableRule", { resource: "nightly-report" })],
      },
      "a customer changes its own trail": {
        vendor: exampleVendor(),
        events: [exampleChange("cloudtrail.amazonaws.com", "StopLogging", { recipient: "111122223333" })],
      },
    },
  },
};
