import { expect, test } from "vitest";
import { mayAssume, type Attempt } from "./oracle.ts";

const SCANNER = "arn:aws:sts::999988887777:assumed-role/integration-scanner/scan-1";

function policy(condition: object, extra: object = {}): string {
  const statement = { Effect: "Allow", Principal: { AWS: "999988887777" }, Action: "sts:AssumeRole" };
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ ...statement, Condition: condition, ...extra }],
  });
}

const attempt = (externalId: string | null, extra: Partial<Attempt> = {}): Attempt => ({
  ...{ principalArn: SCANNER, externalId, mfa: null },
  ...extra,
});

test("the second opinion itself reads the commonest policies as AWS documents them", () => {
  const exact = policy({ StringEquals: { "STS:externalid": "right" } });
  expect([null, "right", "Right"].map((id) => mayAssume(exact, attempt(id)))).toEqual([false, true, false]);
  const loose = policy({ StringLikeIfExists: { "sts:ExternalId": "r*" } });
  expect([null, "right", "wrong"].map((id) => mayAssume(loose, attempt(id)))).toEqual([true, true, false]);
  const people = policy({ Bool: { "aws:MultiFactorAuthPresent": true } });
  expect([null, false, true].map((mfa) => mayAssume(people, attempt(null, { mfa })))).toEqual([false, false, true]);
  const other = policy({}, { Principal: { AWS: "arn:aws:iam::999988887777:role/team/other" } });
  expect(mayAssume(other, attempt("right"))).toBe(false);
  expect(mayAssume(other, attempt("right", { principalArn: SCANNER.replace("integration-scanner", "other") }))).toBe(
    true,
  );
  const ranges = policy({ IpAddress: { "aws:SourceIp": ["198.51.100.0/24"] } });
  expect(mayAssume(ranges, attempt(null, { context: { "aws:sourceip": "198.51.100.9" } }))).toBe(true);
  expect(mayAssume(ranges, attempt(null, { context: { "aws:sourceip": "203.0.113.9" } }))).toBe(false);
});

test("an explicit Deny beats every Allow, and nothing is allowed by default", () => {
  const allow = { Effect: "Allow", Principal: "*", Action: "sts:*" };
  const deny = {
    Effect: "Deny",
    Principal: { AWS: "*" },
    Action: "*",
    Condition: { Null: { "sts:ExternalId": "true" } },
  };
  const both = JSON.stringify({ Version: "2012-10-17", Statement: [allow, deny] });
  expect([null, "any"].map((id) => mayAssume(both, attempt(id)))).toEqual([false, true]);
  expect(mayAssume("{}", attempt("any"))).toBe(false);
  expect(mayAssume("not a policy", attempt("any"))).toBe(false);
});
