import fc from "fast-check";
import { expect, test } from "vitest";
import { readTenants } from "../../src/tenants/read.ts";
import type { Registration } from "../../src/tenants/tenant.ts";
import { lineOf, OWN_FIELDS } from "../../src/tenants/write.ts";

const moment = fc.integer({ min: Date.UTC(1970, 0, 1), max: Date.UTC(9999, 11, 31) });
const digest = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => `hmac-sha256:${Buffer.from(bytes).toString("hex")}`);
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { nil: null });
const account = fc.integer({ min: 0, max: 999_999_999_999 }).map((number) => String(number).padStart(12, "0"));

/** Registrations of every kind that a registry's line can hold. */
const registration: fc.Arbitrary<Registration> = fc
  .record({
    tenant: fc
      .string({ unit: "binary", minLength: 1, maxLength: 40 })
      .filter((name) => /^\S(?:.{0,126}\S)?$/.test(name)),
    account,
    externalId: maybe(digest),
    previousExternalId: maybe(digest),
    previousUntilMs: maybe(moment),
    retired: fc.array(fc.record({ externalId: digest, untilMs: moment }), { maxLength: 3 }),
    region: maybe(fc.constantFrom("us-east-1", "us-gov-west-1", "eu-central-2")),
    status: fc.constantFrom("onboarding" as const, "active" as const, "offboarded" as const),
    sinceMs: maybe(moment),
    untilMs: maybe(moment),
    feedTopicArn: maybe(
      fc.constantFrom("arn:aws:sns:us-east-1:999988887777:acme", "arn:aws-cn:sns:cn-north-1:999988887777:a.fifo"),
    ),
    forwardsTrail: fc.boolean(),
    externalIdSinceMs: maybe(moment),
    verifiedMs: maybe(moment),
  })
  .filter(({ previousExternalId, previousUntilMs }) => previousExternalId === null || previousUntilMs !== null)
  .filter(({ sinceMs, untilMs }) => (sinceMs ?? -Infinity) < (untilMs ?? Infinity))
  .map(({ retired, ...rest }) => ({
    ...rest,
    roleArn: `arn:aws:iam::${rest.account}:role/path/Vendor-7f3a`,
    ...(retired.length > 0 && { retired }),
  }));

test("a registration that is written as a line is read as it was, in JSON and in lists of it", () => {
  fc.assert(
    fc.property(fc.array(registration, { minLength: 1, maxLength: 4 }), (list) => {
      const lines = list.map((one) => JSON.stringify(lineOf(one)));
      const read = readTenants(lines.join("\n"), { name: "tenants.ndjson", format: "ndjson" });
      expect(read).toEqual({ roles: list, rejects: [] });
      const { roles } = readTenants(`{"tenants":[${lines.join(",")}]}`, { name: "tenants.json", format: "json" });
      expect(roles.map((role) => JSON.stringify(lineOf(role)))).toEqual(lines);
    }),
    { numRuns: 300 },
  );
});

test("a line has no field that is not its own, so that all others are the vendor's", () => {
  fc.assert(
    fc.property(registration, (one) => {
      expect(Object.keys(lineOf(one)).filter((name) => !OWN_FIELDS.has(name))).toEqual([]);
    }),
  );
});
