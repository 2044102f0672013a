import { expect, test } from "vitest";
import { parse } from "yaml";
import { proposedConfiguration, type ConfigurationProposal } from "../../src/config/propose.ts";
import { readConfiguration } from "../../src/config/schema.ts";

const ARN = "arn:aws:iam::999988887777:role/integration-scanner";
const proposal: ConfigurationProposal = {
  notes: ["Proposed from 14 days"],
  accounts: ["999988887777"],
  roles: [
    {
      arn: ARN,
      why: "3 calls",
      workload: "integration-scanner",
      callers: [{ value: "arn:aws:iam::999988887777:role/ecs-scanner", why: "9 calls on 3 days" }],
      regions: [{ value: "us-east-1", why: "9 calls on 3 days" }],
      sessionNames: [{ value: "{tenant}-*", why: "on 3 of 3 days" }],
      cadence: { value: { perTarget: 2, every: "24h" }, why: "the most" },
      sessionPolicy: { value: "required", why: "always" },
      maxDuration: { value: "1h", why: "the longest" },
      notes: ["caller seen, not proposed: x\u001b[2J\nsuppressions: []\u202e, 1 call"],
    },
  ],
  ranges: {
    cidrs: [{ value: "198.51.100.0/27", why: "integration-scanner: 9 calls on 3 days" }],
    endpoints: [{ value: "vpce-0a1b2c3d", why: "integration-scanner: 2 calls on 3 days" }],
    notes: ["seen, not proposed: 203.0.113.0/24"],
  },
};

test("a proposal from nothing loads as it is, with its counts behind each line", () => {
  const text = proposedConfiguration(proposal, null, ".");
  const { configuration } = readConfiguration(text, "proposed.yaml");
  expect(configuration.outboundRoles[0]).toMatchObject({
    arn: ARN,
    callers: ["arn:aws:iam::999988887777:role/ecs-scanner"],
    cadence: { perTarget: 2, every: 86_400_000 },
    sessionPolicy: "required",
  });
  expect(configuration.ranges.map(({ name }) => name)).toEqual(["learned", "learned-endpoints"]);
  expect(text).toContain("- 198.51.100.0/27 # integration-scanner: 9 calls on 3 days\n");
  expect(text).toContain("cadence: { perTarget: 2, every: 24h } # the most\n");
});

test("what callers chose stays within its comment", () => {
  const text = proposedConfiguration(proposal, null, ".");
  expect(text).not.toMatch(/[\u001b\u202e]/);
  expect(text).toContain("# caller seen, not proposed: x\\u{1b}[2J\\u{a}suppressions: []\\u{202e}, 1 call\n");
  expect(parse(text)).not.toHaveProperty("suppressions");
});

test("what is configured is kept, comments and all; only what is missing is added", () => {
  const given = `# ours
version: 1
outboundRoles:
  - { arn: "arn:aws:iam::999988887777:role/team/integration-scanner", workload: scanner, regions: [eu-west-1] }
ranges:
  - { name: learned, cidrs: ["192.0.2.0/28"] } # by hand
  # the office is to come
alerting: { falseAlarmsPerMonth: 2 }
`;
  const text = proposedConfiguration(proposal, { text: given, folder: "." }, ".");
  const { configuration } = readConfiguration(text, "proposed.yaml");
  expect(configuration.outboundRoles).toHaveLength(1);
  expect(configuration.outboundRoles[0]).toMatchObject({
    workload: "scanner",
    regions: ["eu-west-1"],
    maxDuration: 3_600_000,
  });
  expect(configuration.ranges.map(({ name }) => name)).toEqual(["learned", "learned-2", "learned-endpoints"]);
  expect(configuration.alerting.falseAlarmsPerMonth).toBe(2);
  expect(text).toContain("# ours\n");
  expect(text).toContain("# by hand\n");
  expect(text).toContain("# the office is to come\n");
  expect(text).toContain("# seen, not proposed: 203.0.113.0/24\n");
});

test("paths are written as they are seen from where the proposal lies", () => {
  const given = `version: 1
tenants: { file: lists/tenants.ndjson }
externalIds: { key: "file:external-id.key" }
ranges:
  - { name: published, file: /etc/ranges.json }
  - { name: aws, file: aws.json, labels: true }
`;
  const ranges = { cidrs: [], endpoints: [], notes: ["a fleet"] };
  const text = proposedConfiguration({ ...proposal, ranges }, { text: given, folder: "conf" }, "drafts");
  expect(parse(text)).toMatchObject({
    tenants: { file: "../conf/lists/tenants.ndjson" },
    externalIds: { key: "file:../conf/external-id.key" },
    ranges: [{ file: "/etc/ranges.json" }, { file: "../conf/aws.json" }],
  });
  expect(text).toContain("# a fleet\n");
});
