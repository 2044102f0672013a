import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { sqliteOutbox } from "../../src/stores/outbox/sqlite.ts";
import { run } from "../../src/cli/run.ts";
import { deputywatch } from "./process.ts";
import { screen } from "./screen.ts";

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/;
const CONFIG = `version: 1
tenants: { file: tenants.ndjson }
externalIds: { key: "env:DIGEST_KEY", vault: "file:ids.vault", vaultKey: "env:VAULT_KEY", overlap: 7d }
onboarding: { roleName: Vendor, signingKey: "env:SIGNING_KEY" }
`;

let cwd = "";
const env = {
  DIGEST_KEY: randomBytes(32).toString("base64"),
  VAULT_KEY: randomBytes(32).toString("base64"),
  SIGNING_KEY: generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "der" }).toString("base64"),
};

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "deputywatch-tenants-"));
  writeFileSync(join(cwd, "deputywatch.yaml"), CONFIG);
  onTestFinished(() => {
    rmSync(cwd, { recursive: true });
  });
});

/** One command of the folder's desk, in this process: a story of many costs no process each. */
async function tenants(args: string, input = "") {
  const terminal = screen({ env, stdin: () => Readable.from([Buffer.from(input)]), now: Date.now });
  const words = args
    .replace("sqlite:memory.db", `sqlite:${join(cwd, "memory.db")}`)
    .replace("before.ndjson", join(cwd, "before.ndjson"));
  const code = await run(["tenants", ...words.split(" "), "--config", join(cwd, "deputywatch.yaml")], terminal);
  return { code, ...terminal.written };
}

test("the first customer is added to an empty folder; its ID is masked unless it is asked for", async () => {
  const masked = await deputywatch(["tenants", "add", "111122223333", "--tenant", "acme"], { cwd, env });
  expect(masked.code).toBe(0);
  expect(JSON.parse(masked.out)).toMatchObject({ tenant: "acme", account: "111122223333", externalId: "********" });
  const plain = await tenants("add 111122223333 --tenant acme --reveal");
  const { externalId } = JSON.parse(plain.out) as { externalId: string };
  expect(externalId).toMatch(UUID);
  expect(plain.err).toContain("registered already");
  expect(masked.out + masked.err + plain.err).not.toContain(externalId);
  const files = readdirSync(cwd).map((file) => readFileSync(join(cwd, file), "latin1"));
  expect(files.join("\n")).not.toContain(externalId);
  for (const file of ["tenants.ndjson", "ids.vault"]) expect(statSync(join(cwd, file)).mode & 0o077).toBe(0);
});

test("a list comes in, a map goes out, and comes out the same again", async () => {
  const list = "account\n111122223333\n444455556666\n";
  const first = await tenants("import - --tenant acme --reveal", list);
  expect(first).toMatchObject({ code: 0, err: "2 accounts: 2 registered\n" });
  const again = await tenants("import - --tenant acme --reveal", list);
  expect(again).toMatchObject({ code: 0, err: "2 accounts: 2 already\n", out: first.out });
  const map = JSON.parse(first.out) as Record<string, string>;
  expect(Object.keys(map)).toEqual(["111122223333", "444455556666"]);
  expect(new Set(Object.values(map)).size).toBe(2);
  const table = await tenants("import - --tenant acme", list);
  expect(table.out).toMatch(/^ACCOUNT +OUTCOME +ROLE ARN\n111122223333 +already +arn:/);
});

test("another tenant's account is refused, and with --memory the SOC is told", async () => {
  await tenants("add 111122223333 --tenant acme");
  const refused = await tenants("add 111122223333 --tenant globex --memory sqlite:memory.db");
  expect(refused.code).toBe(2);
  expect(refused.err).toContain("1 alert left for the SOC");
  expect(refused.err).not.toContain("acme");
  const outbox = sqliteOutbox(join(cwd, "memory.db"));
  const { entries } = await outbox.pending({ after: null, limit: 10 });
  await outbox.close();
  expect(entries.map(({ alert }) => [alert.detector, alert.account, alert.tenant])).toEqual([
    ["account-claimed-twice", "111122223333", null],
  ]);
});

test("an ID is rotated with an overlap, off-boarded, purged, and a signed record is left", async () => {
  await tenants("add 111122223333 --tenant acme");
  const rotated = await tenants("rotate 111122223333 --reveal");
  expect(rotated.code).toBe(0);
  expect((JSON.parse(rotated.out) as { externalId: string }).externalId).toMatch(UUID);
  const removed = await tenants("remove --tenant acme");
  expect(removed).toMatchObject({ code: 0, err: expect.stringContaining("1 account off-boarded") as string });
  expect((await tenants("purge --memory sqlite:memory.db")).err).toContain("0 customers purged");
  const purged = await tenants("purge --memory sqlite:memory.db --after 0");
  expect(purged.err).toContain("1 customer purged");
  expect(JSON.parse(purged.out)).toMatchObject({ schemaVersion: 1, removed: { registrations: 1 } });
  expect((await tenants("list")).err).toContain("0 accounts of 0 customers");
  expect((await tenants("list --deletions")).out).toBe(purged.out);
});

test("weak IDs from before are taken over, and the audit names whom to notify and no ID", async () => {
  const before = ["acme", "globex"].map((tenant, at) => {
    const account = String(111122223333 + at);
    return JSON.stringify({ tenant, account, roleArn: `arn:aws:iam::${account}:role/V`, externalId: `${tenant}-2019` });
  });
  writeFileSync(join(cwd, "before.ndjson"), before.join("\n"));
  expect(await tenants("import before.ndjson --existing")).toMatchObject({ code: 0, err: "2 accounts: 2 adopted\n" });
  await tenants("add 999988887777 --tenant initech");
  const audited = await tenants("audit --format ndjson --memory sqlite:memory.db --notify");
  expect(audited.code).toBe(12);
  const rows = audited.out
    .trimEnd()
    .split("\n")
    .map((line) => (JSON.parse(line) as { tenant: string }).tenant);
  expect(rows).toEqual(["acme", "globex"]);
  expect(audited.err).toContain("customers to notify: 2");
  expect(audited.err).toContain("2 alerts left for the SOC");
  expect(audited.out + audited.err).not.toMatch(/acme-2019|globex-2019/);
});

test.each([
  ["add not-an-account --tenant acme", "twelve digits"],
  ["add 111122223333 --tenant acme --role arn:aws:iam::444455556666:role/V", "another account"],
  ["rotate", "account numbers or --tenant"],
  ["rotate 111122223333 --overlap soon", "no duration"],
  ["remove --tenant nobody", "no account in force"],
  ["import missing.txt --tenant acme", "cannot be read"],
  ["import - ", "--tenant NAME"],
  ["audit --notify", "--memory"],
  ["purge", "--memory"],
])("%s is refused in a sentence", async (args, sentence) => {
  const { code, err } = await tenants(args.trim());
  expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining(sentence) as string });
});

test("a configuration that does not say where IDs are kept is told what to add", async () => {
  writeFileSync(
    join(cwd, "deputywatch.yaml"),
    'version: 1\ntenants: { file: tenants.ndjson }\nexternalIds: { key: "env:DIGEST_KEY" }\n',
  );
  const { code, err } = await tenants("list");
  expect(code).toBe(2);
  expect(err).toMatch(/does not say where external IDs are kept\nhint: add externalIds\.vault/);
});

test("template --tenant names the role as it was registered", async () => {
  writeFileSync(
    join(cwd, "deputywatch.yaml"),
    `${CONFIG}outboundRoles: [{ arn: "arn:aws:iam::999988887777:role/scanner", workload: scanner }]\n`,
  );
  writeFileSync(
    join(cwd, "policy.json"),
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: ["ec2:DescribeInstances"], Resource: "*" }],
    }),
  );
  const added = await tenants("add 111122223333 --tenant acme");
  const { roleArn } = JSON.parse(added.out) as { roleArn: string };
  const terminal = screen({ env });
  const args = [
    "--tenant",
    "acme",
    "--permissions",
    join(cwd, "policy.json"),
    "--config",
    join(cwd, "deputywatch.yaml"),
  ];
  expect(await run(["template", "cloudformation", ...args], terminal)).toBe(0);
  const [, prefix = "", suffix = ""] = /role\/(.+)-([0-9a-f]+)$/.exec(roleArn) ?? [];
  expect(terminal.written.out).toContain(`Fn::Sub: ${prefix}-\${RoleNameSuffix}`);
  // Quoted only where it would read as a number.
  expect(terminal.written.out).toMatch(new RegExp(`Default: "?${suffix}"?\\n`));
});
