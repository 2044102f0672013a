import { expect, test } from "vitest";
import { momentMs, readTenants } from "../../src/tenants/read.ts";

const DIGEST = `hmac-sha256:${"7f".repeat(32)}`;
const acme = {
  tenant: "acme",
  account: "111122223333",
  roleArn: "arn:aws:iam::111122223333:role/Vendor-7f3a",
  externalId: DIGEST,
  previousExternalId: null,
  previousUntil: null,
  region: "us-east-1",
  status: "active",
  since: "2026-01-01T00:00:00Z",
  until: null,
};

function reasonFor(changes: object): string | undefined {
  const { roles, rejects } = readTenants(JSON.stringify({ ...acme, ...changes }), {
    name: "t.ndjson",
    format: "ndjson",
  });
  expect(roles.length + rejects.length).toBe(1);
  return rejects[0]?.reason;
}

test("a line of the registry becomes a role, whatever else is written beside", () => {
  const { roles, rejects } = readTenants(`${JSON.stringify({ ...acme, note: "VIP" })}\r\n\n`, {
    name: "t.ndjson",
    format: "ndjson",
  });
  expect(rejects).toEqual([]);
  expect(roles).toEqual([
    {
      tenant: "acme",
      account: "111122223333",
      roleArn: "arn:aws:iam::111122223333:role/Vendor-7f3a",
      externalId: DIGEST,
      previousExternalId: null,
      previousUntilMs: null,
      region: "us-east-1",
      status: "active",
      sinceMs: Date.UTC(2026, 0, 1),
      untilMs: null,
      externalIdSinceMs: null,
      verifiedMs: null,
      feedTopicArn: null,
      forwardsTrail: false,
    },
  ]);
});

test("YAML, JSON and NDJSON say the same", () => {
  const yaml = `tenants:\n  - ${Object.entries(acme)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}`)
    .join("\n    ")}\n`;
  const ndjson = readTenants(JSON.stringify(acme), { name: "t", format: "ndjson" });
  expect(ndjson.roles).toHaveLength(1);
  expect(readTenants(JSON.stringify([acme]), { name: "t", format: "json" })).toEqual(ndjson);
  expect(readTenants(yaml, { name: "t", format: "yaml" })).toEqual(ndjson);
});

test("an external ID in clear is refused and never repeated, wherever it stands", () => {
  const secret = "s3cr3t-external-id-of-acme";
  const texts = [
    [JSON.stringify({ ...acme, externalId: secret }), "ndjson"],
    [JSON.stringify({ ...acme, previousExternalId: secret }), "ndjson"],
    [JSON.stringify({ ...acme, status: secret, tenant: ` ${secret}`, since: secret }), "ndjson"],
    [`{"tenant":"acme","externalId":"${secret}`, "ndjson"],
    [`[{"externalId": ${secret}}]`, "json"],
    [`- tenant: acme\n  externalId: ${secret}: ${secret}\n`, "yaml"],
    [`- *${secret}\n`, "yaml"],
    [secret, "yaml"],
  ] as const;
  for (const [text, format] of texts) {
    const { roles, rejects } = readTenants(text, { name: "t", format });
    expect(roles, text).toEqual([]);
    expect(rejects, text).toHaveLength(1);
    expect(JSON.stringify(rejects)).not.toContain("s3cr3t");
  }
  expect(reasonFor({ externalId: secret })).toBe(
    "externalId: not a digest: `external-id digest` turns an external ID into hmac-sha256:<64 hex digits>",
  );
});

test.each([
  [{ account: 111122223333 }, "account: an account number is text: put it in quotes, or it loses its leading zeros"],
  [
    { account: "1111-2222-3333", roleArn: null },
    "account: an account number has twelve digits; roleArn: Invalid input: expected string, received null",
  ],
  [{ account: "444455556666" }, "roleArn: the role is in another account"],
  [
    { roleArn: "arn:aws:iam::111122223333:user/x" },
    "roleArn: not a role's ARN, such as arn:aws:iam::111122223333:role/Name",
  ],
  [{ since: "2026-02-30" }, "since: not a date such as 2026-01-31 or 2026-01-31T00:00:00Z"],
  [{ since: "2026-03-01", until: "2026-03-01" }, "until: not after since"],
  [{ previousExternalId: DIGEST }, "previousUntil: a previous external ID needs the date until which it is accepted"],
  [{ region: "useast1" }, "region: not a region, such as eu-west-1"],
  [{ feedTopicArn: "arn:aws:sqs:us-east-1:111122223333:q" }, "feedTopicArn: not an SNS topic's ARN"],
  [{ forwardsTrail: "yes" }, "forwardsTrail: Invalid input: expected boolean, received string"],
])("%j is refused: %s", (changes, reason) => {
  expect(reasonFor(changes)).toBe(reason);
});

test.each(["aws", "aws-cn", "aws-us-gov"])("a role in the partition %s is a role", (partition) => {
  expect(reasonFor({ roleArn: `arn:${partition}:iam::111122223333:role/a/path/Vendor` })).toBeUndefined();
});

test("every reject says where: the line in NDJSON and YAML, the index in JSON", () => {
  const bad = { ...acme, account: 1 };
  const where = (text: string, format: "ndjson" | "yaml" | "json"): unknown =>
    readTenants(text, { name: "t", format }).rejects.map((reject) => reject.where);
  expect(where(`${JSON.stringify(acme)}\n\nnonsense\n${JSON.stringify(bad)}\n`, "ndjson")).toEqual(["t:3", "t:4"]);
  expect(where(JSON.stringify([acme, bad]), "json")).toEqual(["t[1]"]);
  expect(where(`# ours\n- ${JSON.stringify(acme)}\n\n- ${JSON.stringify(bad)}\n`, "yaml")).toEqual(["t:4"]);
  expect(where("tenants: none", "yaml")).toEqual(["t"]);
});

test("dates are strict: a whole date, or a time with its zone", () => {
  expect(momentMs("2026-11-20")).toBe(Date.UTC(2026, 10, 20));
  expect(momentMs("2026-11-20T10:00:00+02:00")).toBe(Date.UTC(2026, 10, 20, 8));
  const refused = [
    "2026-11",
    "2026-02-29",
    "2026-11-20T24:00:00Z",
    "2026-11-20T10:00",
    "20261120",
    "2026-W47",
    "tomorrow",
    "",
  ];
  expect(refused.map(momentMs)).toEqual(refused.map(() => null));
});
