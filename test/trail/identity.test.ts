import { expect, test } from "vitest";
import type { Caller } from "../../src/trail/call.ts";
import { digester } from "../../src/trail/external-id.ts";
import { callerOf } from "../../src/trail/identity.ts";
import type { RecordShape } from "../../src/trail/shape.ts";

const hash = digester(new Uint8Array(32));
const WORKLOAD: RecordShape = {
  sourceIPAddress: "198.51.100.7",
  userAgent: "Boto3/1.42.3 md/Botocore#1.42.3 os/linux#6.1.158 lang/python#3.13.7 exec-env/AWS_ECS_FARGATE",
  userIdentity: {
    type: "AssumedRole",
    principalId: "AROAEXAMPLESCANNER:scan-1",
    arn: "arn:aws:sts::999988887777:assumed-role/scanner/scan-1",
    accountId: "999988887777",
    accessKeyId: "ASIAEXAMPLESCANNER01",
    sessionContext: {
      sessionIssuer: { arn: "arn:aws:iam::999988887777:role/team/scanner", userName: "scanner" },
      attributes: { mfaAuthenticated: "false" },
    },
  },
  requestParameters: { roleArn: "arn:aws:iam::111122223333:role/Vendor", roleSessionName: "scan-acme" },
};

function caller(changes: RecordShape = {}, who: RecordShape["userIdentity"] = {}): Caller {
  const userIdentity = who === null ? null : { ...WORKLOAD.userIdentity, ...who };
  return callerOf({ ...WORKLOAD, userIdentity, ...changes }, hash);
}

const signs = ({ human }: Caller): string[] => human.map(({ strength, marker }) => `${strength}: ${marker}`);
const sso =
  "arn:aws:iam::999988887777:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Admin_0123456789abcdef";

test("a workload's session is its role, its session and its key, and shows no sign of a person", () => {
  expect(caller()).toEqual({
    kind: "AssumedRole",
    arn: "arn:aws:sts::999988887777:assumed-role/scanner/scan-1",
    principalId: "AROAEXAMPLESCANNER:scan-1",
    account: "999988887777",
    roleArn: "arn:aws:iam::999988887777:role/team/scanner",
    sessionName: "scan-1",
    userName: null,
    credential: hash.credential("ASIAEXAMPLESCANNER01"),
    invokedBy: null,
    human: [],
    sessionStartMs: null,
    machine: false,
    sourceIdentity: null,
  });
});

test.each<[string, RecordShape, NonNullable<RecordShape["userIdentity"]>, string]>([
  [
    "an Identity Center role",
    {},
    { sessionContext: { sessionIssuer: { arn: sso } } },
    "strong: IAM Identity Center permission set",
  ],
  [
    "a session of one, without its issuer",
    {},
    { arn: "arn:aws:sts::999988887777:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/sam", sessionContext: null },
    "strong: IAM Identity Center permission set",
  ],
  [
    "a trusted identity's propagation",
    {},
    { onBehalfOf: { userId: "u-1" } },
    "strong: on behalf of an Identity Center user",
  ],
  ["a SAML user", {}, { type: "SAMLUser" }, "strong: federated person"],
  ["an Identity Center user", {}, { type: "IdentityCenterUser" }, "strong: federated person"],
  ["root", {}, { type: "Root" }, "strong: root user"],
  ["a console's credentials", { sessionCredentialFromConsole: "true" }, {}, "strong: console credentials"],
  [
    "an MFA code",
    { requestParameters: { serialNumber: "arn:aws:iam::999988887777:mfa/sam" } },
    {},
    "strong: MFA code given",
  ],
  ["an MFA session", {}, { sessionContext: { attributes: { mfaAuthenticated: "true" } } }, "strong: MFA session"],
  ["the console's own address", { sourceIPAddress: "AWS Internal" }, {}, "strong: console role switch"],
  ["the console's numbered address", { sourceIPAddress: "AWS Internal/3" }, {}, "strong: console role switch"],
  ["the console's own agent", { userAgent: "AWS Internal" }, {}, "strong: console role switch"],
  [
    "a browser",
    { userAgent: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari/605.1.15" },
    {},
    "strong: browser",
  ],
  ["the console's agent", { userAgent: "console.amazonaws.com" }, {}, "strong: browser"],
  ["one service's console", { userAgent: "console.ec2.amazonaws.com" }, {}, "strong: browser"],
  ["CloudShell", { userAgent: "aws-cli/2.33.0 exec-env/CloudShell os/linux" }, {}, "strong: AWS CloudShell"],
  [
    "Kali",
    { userAgent: "Boto3/1.9.89 Python/2.7.12 Linux/4.2.0-kali1-amd64" },
    {},
    "strong: penetration-testing system",
  ],
  [
    "Parrot",
    { userAgent: "aws-cli/1.16 Python/3.9 Linux/5.10.0-6parrot1-amd64" },
    {},
    "strong: penetration-testing system",
  ],
  [
    "an e-mail address for a session name",
    { requestParameters: { roleSessionName: "sam@example.com" } },
    {},
    "medium: session named like an e-mail address",
  ],
  [
    "an e-mail address for a source identity",
    {},
    { sessionContext: { sourceIdentity: "sam@example.com" } },
    "medium: session named like an e-mail address",
  ],
  ["granted", { requestParameters: { roleSessionName: "gntd-sam" } }, {}, "medium: session of an access broker"],
  [
    "leapp",
    { requestParameters: { roleSessionName: "assumed-from-leapp" } },
    {},
    "medium: session of an access broker",
  ],
  [
    "the CLI on macOS",
    { userAgent: "aws-cli/2.15.0 md/awscrt#0.19 os/macos#23.1.0 md/prompt#off" },
    {},
    "medium: interactive AWS CLI",
  ],
  [
    "the old CLI on macOS",
    { userAgent: "aws-cli/1.16.310 Python/3.7.2 Darwin/18.7.0" },
    {},
    "medium: interactive AWS CLI",
  ],
  [
    "the CLI on Windows",
    { userAgent: "aws-cli/2.15.0 os/windows#10 md/prompt#off" },
    {},
    "medium: interactive AWS CLI",
  ],
  ["the CLI's own prompt", { userAgent: "aws-cli/2.15.0 os/linux md/prompt#on" }, {}, "medium: interactive AWS CLI"],
  ["the CLI", { userAgent: "aws-cli/2.15.0 os/linux md/prompt#off" }, {}, "weak: AWS CLI"],
  ["a user's lasting key", {}, { type: "IAMUser", accessKeyId: "AKIAEXAMPLEEXAMPLE01" }, "weak: IAM user's access key"],
])("%s is a sign of a person", (_what, changes, who, sign) => {
  expect(signs(caller(changes, who))).toContain(sign);
});

test.each([
  "Boto3/1.26.90 Python/3.10.6 Linux/5.15.0-1031-aws Botocore/1.29.90",
  "Botocore/1.29.90 md/Botocore#1.42 os/linux#6.1 exec-env/AWS_Lambda_python3.13",
  "aws-sdk-java/2.20.26 Linux/5.10.167 OpenJDK_64-Bit_Server_VM/17.0.6 Java/17.0.6 kotlin/1.8 vendor/Amazon.com_Inc.",
  "aws-sdk-java/1.12.400 Windows_Server_2019/10.0 OpenJDK_64-Bit_Server_VM/25",
  "aws-sdk-go-v2/1.17.5 os/linux lang/go#1.20.1 md/GOOS#linux api/sts#1.18.5",
  "aws-sdk-go/1.44.200 (go1.19.5; linux; amd64)",
  "APN/1.0 HashiCorp/1.0 Terraform/1.4.0 (+https://www.terraform.io) aws-sdk-go-v2/1.17.5 os/linux",
  "aws-sdk-js/3.300.0 ua/2.0 os/linux#5.10 lang/js md/nodejs#20.11",
  "parroting-service/1.0 kaliningrad-worker/2",
  "",
])("an ordinary workload is no person: %s", (userAgent) => {
  expect(caller({ userAgent }).human).toEqual([]);
});

test("an AWS service is no person, whatever it looks like", () => {
  const service = caller({ userAgent: "AWS Internal" }, { type: "AWSService", invokedBy: "ecs.amazonaws.com" });
  expect(service).toMatchObject({ kind: "AWSService", invokedBy: "ecs.amazonaws.com", human: [] });
});

test("credentials that were delivered to a function are a machine's", () => {
  expect(caller({}, { inScopeOf: { issuerType: "AWS::Lambda::Function" } }).machine).toBe(true);
  expect(caller({}, { inScopeOf: null }).machine).toBe(false);
});

test("without its issuer a role is read from the session, and has lost its path", () => {
  expect(caller({}, { sessionContext: null }).roleArn).toBe("arn:aws:iam::999988887777:role/scanner");
});

test.each([undefined, "SomethingNew", 7])("a caller of type %s is unknown, and still its session's role", (type) => {
  expect(caller({}, { type, sessionContext: null })).toMatchObject({
    kind: "Unknown",
    roleArn: "arn:aws:iam::999988887777:role/scanner",
    sessionName: "scan-1",
  });
});

test("without userIdentity nobody is known", () => {
  expect(caller({}, null)).toMatchObject({ kind: "Unknown", arn: null, account: null, credential: null, human: [] });
});

test("the target's copy names the session by its principal only", () => {
  const userIdentity = { type: "AWSAccount", principalId: "AROAEXAMPLESCANNER:scan-1", accountId: "999988887777" };
  expect(callerOf({ ...WORKLOAD, userIdentity }, hash)).toMatchObject({
    kind: "AWSAccount",
    arn: null,
    roleArn: null,
    sessionName: "scan-1",
    account: "999988887777",
  });
});

test.each([
  [999988887777, "999988887777"],
  [88887777, "000088887777"],
  ["123456789", "000123456789"],
  ["999988887777", "999988887777"],
  ["anonymous", "anonymous"],
])("account %j is %s", (accountId, account) => {
  expect(caller({}, { accountId }).account).toBe(account);
});

test("of a user agent in a list, the first text is taken", () => {
  const userAgent = [7, "aws-cli/2.15.0 os/macos", "Boto3"];
  expect(signs(caller({ userAgent }))).toContain("medium: interactive AWS CLI");
});

test("a user agent of a million repetitions is judged at once", () => {
  const started = performance.now();
  caller({ userAgent: "aws-cli/ os/ ".repeat(100_000), requestParameters: { roleSessionName: "@a.".repeat(300_000) } });
  expect(performance.now() - started).toBeLessThan(10_000);
});
