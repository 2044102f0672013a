import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { startFauxqs } from "fauxqs";
import { expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { run as runCommand } from "../../src/cli/run.ts";
import { deputywatch, folderWith } from "./process.ts";
import { screen } from "./screen.ts";

const CONFIG = `version: 1
vendor: { accounts: ["999988887777"] }
outboundRoles:
  - { arn: "arn:aws:iam::999988887777:role/scanner", workload: scanner, sessionNames: ["scan-{account}-*"] }
  - { arn: "arn:aws:iam::999988887777:role/scanner-eu", workload: scanner, sessionNames: ["scan-eu-*"] }
  - { arn: "arn:aws:iam::999988887777:role/billing", workload: billing }
`;
const POLICY = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "ec2:DescribeInstances", Resource: "*" }],
});
const ROLE = ["--vendor-role", "arn:aws:iam::999988887777:role/scanner"];
const GIVEN = ["--permissions", "policy.json", "--suffix", "7f3a9c1e5b"];

const folder = (more: Readonly<Record<string, string>> = {}): string =>
  folderWith({ "deputywatch.yaml": CONFIG, "policy.json": POLICY, ...more });

/** The command in a folder, without a process: its files and its configuration are named by their whole paths. */
async function run(form: "cloudformation" | "terraform", args: readonly string[], cwd = folder()) {
  const terminal = screen();
  const placed = args.map((arg) => (/\.json$|^made\//.test(arg) ? join(cwd, arg) : arg));
  const config = args.includes("--vendor-role") ? [] : ["--config", join(cwd, "deputywatch.yaml")];
  const code = await runCommand(["template", form, ...placed, ...config], terminal);
  return { code, out: terminal.written.out, err: terminal.written.err.replaceAll(`${cwd}/`, "") };
}

interface Statement {
  readonly Principal: unknown;
  readonly Condition: unknown;
}

function trustIn(text: string): Statement {
  const template = parse(text) as {
    Resources: { VendorRole: { Properties: { AssumeRolePolicyDocument: { Statement: Statement[] } } } };
  };
  return template.Resources.VendorRole.Properties.AssumeRolePolicyDocument.Statement[0]!;
}

test("the configuration's outbound roles may enter, or a workload's, or those that the command line names", async () => {
  const { out, err, code } = await run("cloudformation", GIVEN);
  expect([err, code]).toEqual(["", 0]);
  const arn = (name: string): string => `arn:aws:iam::999988887777:role/${name}`;
  expect(trustIn(out).Principal).toEqual({ AWS: [arn("scanner"), arn("scanner-eu"), arn("billing")] });
  const scanner = await run("cloudformation", [
    ...GIVEN,
    "--workload",
    "scanner",
    "--pin-session-names",
    "--account",
    "111122223333",
  ]);
  expect(trustIn(scanner.out)).toMatchObject({
    Principal: { AWS: [arn("scanner"), arn("scanner-eu")] },
    Condition: { StringLike: { "sts:RoleSessionName": ["scan-111122223333-*", "scan-eu-*"] } },
  });
  const named = await run("cloudformation", [...GIVEN, ...ROLE, "--json"], folderWith({ "policy.json": POLICY }));
  expect(trustIn(JSON.stringify(JSON.parse(named.out))).Principal).toEqual({ AWS: [arn("scanner")] });
});

test("a suffix is drawn where none is given, anew each time, and told so that the template can be made again", async () => {
  const cwd = folder();
  const [first, second] = [
    await run("cloudformation", GIVEN.slice(0, 2), cwd),
    await run("cloudformation", GIVEN.slice(0, 2), cwd),
  ];
  const suffix = /--suffix ([0-9a-f]{16}) makes the same template again/.exec(first.err)?.[1] ?? "";
  expect(first.out).not.toBe(second.out);
  expect((await run("cloudformation", [...GIVEN.slice(0, 2), "--suffix", suffix], cwd)).out).toBe(first.out);
});

test("terraform is one text on stdout, or a module's files in a folder, of which it writes over none", async () => {
  const cwd = folder();
  const { out } = await run("terraform", GIVEN, cwd);
  const { err, code } = await run("terraform", [...GIVEN, "--out", "made/here"], cwd);
  expect([err, code]).toEqual(["wrote versions.tf, variables.tf, main.tf, outputs.tf into made/here\n", 0]);
  for (const name of ["versions.tf", "variables.tf", "main.tf", "outputs.tf"]) {
    expect(out).toContain(readFileSync(join(cwd, "made/here", name), "utf8"));
  }
  const again = await run("terraform", [...GIVEN, "--out", "made/here"], cwd);
  expect([again.code, again.err]).toEqual([
    2,
    expect.stringContaining("made/here/versions.tf is there already") as string,
  ]);
});

test("the scripts need no permissions, and are bash", async () => {
  for (const option of ["--script", "--stack-set"]) {
    const { out, code, err } = await run("cloudformation", [option, ...ROLE, "--name", "acme-scan"]);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain("='acme-scan'");
    expect(spawnSync("bash", ["-n"], { input: out }).status).toBe(0);
  }
});

test.each([
  ["no permissions", [], "--permissions is needed"],
  ["permissions of everything", ["--permissions", "admin.json"], "admin.json: Statement[0]: * is administration"],
  ["permissions that are no policy", ["--permissions", "odd.json"], "odd.json: Statement[0].Action: neither"],
  ["permissions that are not there", ["--permissions", "gone.json"], "gone.json: cannot be read (ENOENT)"],
  [
    "an account's root",
    [...GIVEN, "--vendor-role", "arn:aws:iam::999988887777:root"],
    "--vendor-role: an account's root",
  ],
  ["an unknown workload", [...GIVEN, "--workload", "scaner"], 'no outbound role has the workload "scaner"'],
  ["session names that are not configured", [...GIVEN, "--pin-session-names"], "no session names are configured for"],
  ["a person who is a role", [...GIVEN, "--mfa", "arn:aws:iam::999988887777:role/x"], "--mfa: not an IAM user's ARN"],
  ["a name that is code", [...GIVEN, "--name", "$(id)"], "--name: 1 to 36 letters"],
  [
    "code as a script's role",
    ["--script", "--vendor-role", "arn:aws';id;':iam::999988887777:role/x"],
    "--vendor-role: not a role's ARN",
  ],
  ["two scripts at once", ["--script", "--stack-set"], "a script is written by itself"],
  ["a link for any account", [...GIVEN, "--publish", "s3://templates"], "--publish is for one account"],
  [
    "a link for a day",
    [...GIVEN, "--account", "111122223333", "--publish", "s3://templates", "--expires", "1d"],
    "no time between 1m and 12h",
  ],
  [
    "a link to elsewhere",
    [...GIVEN, "--account", "111122223333", "--publish", "https://example.com/"],
    "not a place in S3",
  ],
])("%s is refused with what is wrong, on stderr alone", async (_, args, why) => {
  const everything = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
  });
  const odd = JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: 5, Resource: "*" }] });
  const { code, out, err } = await run("cloudformation", args, folder({ "admin.json": everything, "odd.json": odd }));
  expect([code, out]).toEqual([2, ""]);
  expect(err).toContain(why);
  expect(err).toContain("\nhint: ");
});

test("what is doubtful or has no effect is a warning, and the template is there all the same", async () => {
  const reading = JSON.stringify({
    Version: "2012-10-17",
    Statement: { Effect: "Allow", Action: "s3:Get*", Resource: "*" },
  });
  const { code, out, err } = await run(
    "cloudformation",
    ["--permissions", "r.json", "--suffix", "7f3a9c1e5b", "--max-session", "2h"],
    folder({ "r.json": reading }),
  );
  expect(code).toBe(0);
  expect(err).toContain("warning: r.json: Statement[0]: s3:Get* on every resource reads contents");
  expect(err).toContain("warning: --max-session: a session that is got through another role ends after an hour");
  expect(out).toContain("MaxSessionDuration: 7200");
});

test("a template for one account is published by a link that works, expires as asked, and names no parameter", async () => {
  const server = await startFauxqs({ port: 0, host: "127.0.0.1", logger: false });
  onTestFinished(() => server.stop());
  server.createBucket("templates");
  const env = {
    ...{ AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${server.port}`, AWS_REGION: "eu-west-1" },
    ...{ AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local" },
  };
  const args = [
    ...GIVEN,
    ...ROLE,
    "--account",
    "111122223333",
    "--publish",
    "s3://templates/customers",
    "--expires",
    "30m",
  ];
  const { code, out, err } = await deputywatch(["template", "cloudformation", ...args], { cwd: folder(), env });
  expect(code).toBe(0);
  expect(err).toMatch(
    /^s3:\/\/templates\/customers\/[0-9a-f]{32}\/role\.yaml can be read by the link until 2\S+Z, or/m,
  );
  const [, console, query] = /^(\S+)\/stacks\/create\/review\?(\S+)\n$/.exec(out) ?? [];
  expect(console).toBe("https://eu-west-1.console.aws.amazon.com/cloudformation/home?region=eu-west-1#");
  const given = new URLSearchParams(query);
  expect([...given.keys()]).toEqual(["templateURL", "stackName"]);
  const url = given.get("templateURL") ?? "";
  expect(new URL(url).searchParams.get("X-Amz-Expires")).toBe("1800");
  const template = await (await fetch(url)).text();
  expect(template).toBe((await run("cloudformation", [...GIVEN, ...ROLE, "--account", "111122223333"])).out);
});

test("it pipes: only the template is on stdout, and the current folder's configuration is found", async () => {
  const { code, out, err } = await deputywatch(["template", "cloudformation", ...GIVEN], { cwd: folder() });
  expect([code, err]).toEqual([0, ""]);
  expect(out).toBe((await run("cloudformation", GIVEN)).out);
});

test("the example policy of the documents is taken without a word", async () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/customer-role.md"), "utf8");
  const example = /```json\n([^]*?)```/.exec(page)?.[1] ?? "";
  const { code, err } = await run("cloudformation", GIVEN, folder({ "policy.json": example }));
  expect([code, err]).toEqual([0, ""]);
});

test("help teaches with examples", async () => {
  for (const form of ["cloudformation", "terraform"] as const) {
    const { out, code } = await run(form, ["--help"]);
    expect(code).toBe(0);
    expect(out).toContain(`deputywatch template ${form} --permissions policy.json`);
  }
});
