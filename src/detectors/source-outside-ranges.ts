import type { Place } from "../ranges/place.ts";
import { isStrangersRefusal, principalOf } from "../outbound/sighting.ts";
import type { CallDetector } from "./detector.ts";
import { evidenceOf } from "./evidence.ts";
import {
  AWAY,
  AWAY_IPV6,
  deniedCall,
  exampleCall,
  exampleEntry,
  exampleVendor,
  HOME_AFTER_FAILOVER,
} from "./example.ts";
import { fact, victims, workloads } from "./phrase.ts";

/** Places that are nobody's address, or the vendor's own. */
const CLEARED: ReadonlySet<Place["kind"]> = new Set(["owned", "service", "aws-internal"]);

export const sourceOutsideRanges: CallDetector = {
  id: "source-outside-ranges",
  version: 2,
  title: "The outbound role was used from an address that is not the vendor's",
  severity: "critical",
  attack: ["T1199", "T1078.004", "T1550.001"],
  why:
    "The vendor's workloads leave through addresses that the vendor publishes. A call from any other address, be it a " +
    "VPN, another cloud or somebody else's instance on AWS, means that the role's credentials are in other hands.",
  respond: [
    "Whose network is the address, and has the vendor moved or added an egress that is not published yet?",
    "Revoke the role's sessions (deny on aws:TokenIssueTime) before anything else if nobody claims it.",
    "Which customers' roles were entered from there, and what was done in them? Tell those customers.",
    "How did the credentials leave: look at the caller's own entry into the role, and who else has used its key.",
  ],
  blind:
    "An attacker who calls from inside the vendor's own network; a published range wider than what the vendor uses; " +
    "what other principals than the outbound roles were denied, which is unexpected-caller's.",
  sources: [
    "https://securitylabs.datadoghq.com/articles/securely-integrating-with-customers-aws-accounts/",
    "https://docs.aws.amazon.com/vpc/latest/userguide/aws-ip-ranges.html",
  ],
  summary: (evidence) =>
    `Calls came as ${workloads(evidence)} from ${fact(evidence, "addresses", "an unknown address")}, which the vendor does not own, ` +
    `reaching ${victims(evidence)}.`,
  judges: "call",
  judge: (sighting, vendor) => {
    const { pools, endpoints } = vendor.whereabouts;
    const { call, place } = sighting;
    if ((pools.length === 0 && endpoints.size === 0) || CLEARED.has(place.kind)) return undefined;
    if (isStrangersRefusal(sighting, vendor)) return undefined;
    // A flood from one kind of place is not to hide a call from another.
    return {
      subject: `${principalOf(call)} ${place.kind}`,
      tenant: null,
      dayMs: call.timeMs,
      evidence: evidenceOf(sighting, {
        addresses: [call.source.vpcEndpointId ?? (call.source.address || "no address recorded")],
        places: [place.kind === "aws" ? `AWS ${place.service} in ${place.region}` : place.kind],
        outcomes: [call.outcome],
      }),
    };
  },
  examples: {
    fires: {
      "a VPN exit": { vendor: exampleVendor(), events: [exampleCall({ from: AWAY })] },
      "the same over IPv6": { vendor: exampleVendor(), events: [exampleCall({ from: AWAY_IPV6 })] },
      "a VPC endpoint of somebody else's": {
        vendor: exampleVendor(),
        events: [exampleCall({ from: "10.0.3.4", endpoint: "vpce-0ffffffff" })],
      },
      "an address with leading zeros, which parsers read differently": {
        vendor: exampleVendor(),
        events: [exampleCall({ from: "198.51.100.07" })],
      },
      "an entry into the outbound role from outside": {
        vendor: exampleVendor(),
        events: [exampleEntry({ from: AWAY })],
      },
    },
    quiet: {
      "fail-over to another NAT address of the published range": {
        vendor: exampleVendor(),
        events: [exampleCall(), exampleCall({ from: HOME_AFTER_FAILOVER })],
      },
      "the vendor's own VPC endpoint, with a private address behind it": {
        vendor: exampleVendor(),
        events: [exampleCall({ from: "10.0.3.4", endpoint: "vpce-0a1b2c3d" })],
      },
      "a principal that is no outbound role is denied: unexpected-caller tells of it": {
        vendor: exampleVendor(),
        events: [
          deniedCall({
            from: AWAY,
            caller: { roleArn: "arn:aws:iam::999988887777:role/webhooks", principalId: "AROAEXAMPLEHOOK:1" },
          }),
        ],
      },
      "AWS calls on the role's behalf": {
        vendor: exampleVendor(),
        events: [exampleCall({ from: "cloudformation.amazonaws.com" }), exampleCall({ from: "AWS Internal" })],
      },
      "no ranges are configured: nobody is accused by guesswork": {
        vendor: exampleVendor({}, undefined, { whereabouts: { pools: [], endpoints: new Map(), aws: null } }),
        events: [exampleCall({ from: AWAY })],
      },
    },
  },
};
