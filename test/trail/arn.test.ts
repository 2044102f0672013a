import fc from "fast-check";
import { expect, test } from "vitest";
import { accountOf, parseArn, sessionOf, withoutPath } from "../../src/trail/arn.ts";

test("an ARN is taken apart in every partition, and its resource keeps its colons", () => {
  expect(parseArn("arn:aws-us-gov:logs:us-gov-west-1:111122223333:log-group:trail:*")).toEqual({
    partition: "aws-us-gov",
    service: "logs",
    region: "us-gov-west-1",
    account: "111122223333",
    resource: "log-group:trail:*",
  });
  for (const text of ["", "arn:", "arn:aws:iam", "urn:aws:iam::111122223333:role/a"]) expect(parseArn(text)).toBeNull();
});

test.each([
  ["arn:aws:iam::111122223333:role/Vendor", "111122223333"],
  ["arn:aws-cn:sts::111122223333:assumed-role/Vendor/s", "111122223333"],
  ["arn:aws:iam::1122223333:role/Vendor", "001122223333"],
  ["arn:aws:iam::111122223333", "111122223333"],
  ["arn:aws:s3:::bucket", null],
  ["role/Vendor", null],
  [null, null],
])("the account of %s is %s", (arn, account) => {
  expect(accountOf(arn)).toBe(account);
});

test.each([
  ["arn:aws:iam::111122223333:role/team/eu/scanner", "arn:aws:iam::111122223333:role/scanner"],
  ["arn:aws:iam::111122223333:role/scanner", "arn:aws:iam::111122223333:role/scanner"],
  ["arn:aws:iam::111122223333:user/team/sam", "arn:aws:iam::111122223333:user/team/sam"],
])("%s without its path is %s", (arn, bare) => {
  expect(withoutPath(arn)).toBe(bare);
});

test("a session's ARN names its role without a path, and its session", () => {
  expect(sessionOf("arn:aws-cn:sts::111122223333:assumed-role/scanner/scan-acme")).toEqual({
    roleArn: "arn:aws-cn:iam::111122223333:role/scanner",
    sessionName: "scan-acme",
  });
  for (const arn of ["arn:aws:iam::111122223333:role/scanner", "arn:aws:sts::111122223333:assumed-role/", ""]) {
    expect(sessionOf(arn)).toBeNull();
  }
});

test("a role and a session of it meet, whatever the role's path", () => {
  const name = fc.stringMatching(/^[\w+=,.@-]{1,64}$/);
  fc.assert(
    fc.property(fc.array(name, { maxLength: 3 }), name, name, (path, role, session) => {
      const roleArn = `arn:aws:iam::111122223333:role/${[...path, role].join("/")}`;
      const sessionArn = `arn:aws:sts::111122223333:assumed-role/${role}/${session}`;
      expect(sessionOf(sessionArn)).toEqual({ roleArn: withoutPath(roleArn), sessionName: session });
    }),
  );
});

test("no text makes any of them throw", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string().map((rest) => `arn:aws:iam::1:assumed-role/${rest}`),
      ),
      (text) => {
        parseArn(text);
        accountOf(text);
        withoutPath(text);
        sessionOf(text);
      },
    ),
  );
});
