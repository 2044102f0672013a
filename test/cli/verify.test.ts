import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { run } from "../../src/cli/run.ts";
import { fileVault } from "../../src/stores/vault/file.ts";
import { readTenants } from "../../src/tenants/read.ts";
import { lineOf } from "../../src/tenants/write.ts";
import {
  awsEnvironment,
  customer,
  demanding,
  KEY,
  OUTBOUND_ROLE,
  ours,
  trusting,
  VENDOR_USER,
  type Customer,
} from "../sts/scene.ts";
import { localSts, type LocalSts } from "../sts/server.ts";
import { deputywatch, folderWith, type Around, type Ended } from "./process.ts";
import { screen } from "./screen.ts";
import { within } from "./within.ts";

const VAULT_KEY = Buffer.alloc(32, 9);

interface Office {
  readonly folder: string;
  readonly sts: LocalSts;
  readonly verify: (args?: readonly string[], around?: Around) => Promise<Pick<Ended, "code" | "out" | "err">>;
  /** The registry as it is on the disk by now. */
  readonly registry: () => Promise<ReturnType<typeof readTenants>["roles"]>;
}

/** A vendor's desk in a folder, and STS, in which every customer's role is as it should be. */
async function office(customers: readonly Customer[], extra: object = {}): Promise<Office> {
  const folder = folderWith({
    "tenants.ndjson": customers.map(({ registration }) => `${JSON.stringify(lineOf(registration))}\n`).join(""),
    "deputywatch.yaml": JSON.stringify({
      version: 1,
      outboundRoles: [{ arn: OUTBOUND_ROLE, workload: "scanner", sessionNames: ["scan-{tenant}-*"] }],
      tenants: { file: "tenants.ndjson" },
      externalIds: { key: "env:ID_KEY", vault: "file:ids.vault", vaultKey: "env:VAULT_KEY" },
      ...extra,
    }),
  });
  const vault = fileVault(join(folder, "ids.vault"), VAULT_KEY);
  await vault.keep(new Map(customers.map(({ id }) => [ours.externalId(id), id])));
  await vault.close();
  const sts = await localSts(VENDOR_USER);
  onTestFinished(() => sts.stop());
  sts.trust(OUTBOUND_ROLE, {
    Statement: [{ Effect: "Allow", Principal: { AWS: VENDOR_USER }, Action: "sts:AssumeRole" }],
  });
  for (const { registration, id } of customers) sts.trust(registration.roleArn, demanding(id));
  const env = {
    ...awsEnvironment(sts),
    ID_KEY: Buffer.from(KEY).toString("base64"),
    VAULT_KEY: VAULT_KEY.toString("base64"),
    DEPUTYWATCH_VERIFY_THROUGH: OUTBOUND_ROLE,
  };
  return {
    folder,
    sts,
    verify: (args = [], around = {}) =>
      ("interruptWhen" in around ? deputywatch : within)(["verify", ...args], {
        cwd: folder,
        ...around,
        env: { ...env, ...around.env },
      }),
    registry: async () => {
      const text = await readFile(join(folder, "tenants.ndjson"), "utf8");
      return readTenants(text, { name: "tenants.ndjson", format: "ndjson" }).roles;
    },
  };
}

test("where every role demands its ID it says so, writes it down and exits with 0", async () => {
  const [acme, globex] = [customer(0), customer(1, { status: "onboarding" })];
  const here = await office([acme, globex]);
  expect(await here.verify()).toMatchObject({
    code: 0,
    out: [
      "enforced: 2 roles",
      "  tenant-0  111122223333  arn:aws:iam::111122223333:role/Vendor-0",
      "  tenant-1  111122223334  arn:aws:iam::111122223334:role/Vendor-1",
      "",
    ].join("\n"),
    err: "2 roles: 2 enforced, 0 let in, 0 refuse, 0 unclear\n",
  });
  const [first, second] = await here.registry();
  expect([first?.status, second?.status]).toEqual(["active", "active"]);
  expect(first?.verifiedMs).toBeGreaterThan(Date.now() - 60_000);
  const names = here.sts.seen.slice(1).map(({ asked }) => asked.RoleSessionName);
  expect(new Set(names)).toEqual(new Set(["scan-tenant-0-deputywatch-verify", "scan-tenant-1-deputywatch-verify"]));
});

test("the worst comes first, each with what is to be done, and nothing that was said or written holds a secret", async () => {
  const [acme, globex, initech, hooli, umbrella] = [
    customer(0),
    customer(1),
    customer(2, { status: "onboarding" }),
    customer(3),
    customer(4),
  ];
  const here = await office([acme, globex, initech, hooli, umbrella]);
  here.sts.trust(globex.registration.roleArn, trusting());
  here.sts.trust(initech.registration.roleArn, trusting({ StringLike: { "sts:ExternalId": "*" } }));
  here.sts.trust(hooli.registration.roleArn, demanding("another-one"));
  here.sts.faults.next = ({ RoleArn }) => (RoleArn === umbrella.registration.roleArn ? "region disabled" : null);
  const { code, out, err } = await here.verify(["--patience", "1s", "--memory", "sqlite:memory.db"]);
  expect({ code, out, err }).toMatchSnapshot();
  expect(code).toBe(14);
  expect((await here.registry()).map(({ status }) => status)).toEqual([
    "active",
    "active",
    "onboarding",
    "active",
    "active",
  ]);

  const files = (await readdir(here.folder)).filter((name) => !name.startsWith("ids.vault"));
  expect(files).toContain("memory.db");
  const written = await Promise.all(files.map((name) => readFile(join(here.folder, name), "latin1")));
  expect(here.sts.secrets.size).toBeGreaterThan(10);
  for (const secret of here.sts.secrets) {
    for (const text of [out, err, ...written]) expect(text.includes(secret)).toBe(false);
  }
});

test("a role whose policy comes through while it is waited for is accepted", async () => {
  const acme = customer(0, { status: "onboarding" });
  const here = await office([acme]);
  here.sts.trust(acme.registration.roleArn, { Statement: [] });
  here.sts.change(acme.registration.roleArn, demanding(acme.id), { ms: 4_000 });
  expect(await here.verify()).toMatchObject({ code: 0, err: "1 role: 1 enforced, 0 let in, 0 refuse, 0 unclear\n" });
  expect((await here.registry())[0]?.status).toBe("active");
});

test("in a pipe there is one JSON object a role, as soon as it is found", async () => {
  const [acme, globex] = [customer(0), customer(1)];
  const here = await office([acme, globex]);
  here.sts.trust(globex.registration.roleArn, demanding("another-one"));
  const { code, out } = await here.verify(["--format", "ndjson"]);
  const rows = out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .sort((a, b) => (String(a.tenant) < String(b.tenant) ? -1 : 1));
  const time = expect.stringMatching(/^\d{4}-.*Z$/) as string;
  const { account, roleArn } = globex.registration;
  expect(code).toBe(12);
  expect(rows).toMatchObject([
    { tenant: "tenant-0", verdict: "enforced" },
    { tenant: "tenant-1", account, roleArn, status: "active", verdict: "refuses", why: null, rejected: false, time },
  ]);
  expect(await here.verify(["--no-exit-code"])).toMatchObject({ code: 0 });
});

test("one customer or one account is asked for, and where there is none nothing is asked of STS", async () => {
  const here = await office([customer(0), customer(1), customer(2, { status: "offboarded" })]);
  expect(await here.verify(["--tenant", "tenant-1"])).toMatchObject({
    code: 0,
    err: "1 role: 1 enforced, 0 let in, 0 refuse, 0 unclear\n",
  });
  expect(await here.verify(["--account", "111122223333"])).toMatchObject({ code: 0 });
  const before = here.sts.seen.length;
  expect(await here.verify(["--tenant", "tenant-2"])).toEqual({
    ...{ code: 3, out: "" },
    err: "there is nothing to verify: no role that is in force is registered and asked for\n",
  });
  expect(here.sts.seen).toHaveLength(before);
});

test("an outbound role that does not let in is an error of its own, and no customer's role is tried", async () => {
  const here = await office([customer(0)]);
  here.sts.trust(OUTBOUND_ROLE, { Statement: [] });
  expect(await here.verify()).toMatchObject({
    code: 1,
    out: "",
    err: `error: the outbound role ${OUTBOUND_ROLE} was not entered: STS answered AccessDenied\n`,
  });
  expect(here.sts.seen).toHaveLength(1);
});

test("Ctrl-C ends it, and what was found until then is shown and written down", async () => {
  const customers = Array.from({ length: 40 }, (_, n) => customer(n));
  const here = await office(customers);
  here.sts.latency.ms = 100;
  const interruptWhen = expect.poll(() => here.sts.seen.length, { timeout: 20_000, interval: 20 }).toBeGreaterThan(40);
  const { code, out } = await here.verify(["--format", "ndjson"], { interruptWhen });
  expect(code).toBe(130);
  const found = out.split("\n").length - 1;
  expect(found).toBeGreaterThan(0);
  expect(found).toBeLessThan(40);
  const verified = (await here.registry()).filter(({ verifiedMs }) => verifiedMs !== null);
  expect(verified).toHaveLength(found);
});

test("a customer's name cannot act on the terminal", async () => {
  const acme = customer(0, { tenant: "ac\u001b[2Jme\u202e" });
  const here = await office([acme]);
  const { out } = await here.verify();
  expect(out).toContain("ac\\u{1b}[2Jme\\u{202e}");
  expect((await here.verify(["--format", "ndjson"])).out).toContain("ac\\u001b[2Jme\\u202e");
});

test.each([
  [["--patience", "soon"], "error: --patience soon is no duration\n"],
  [["--account", "1234"], "error: --account 1234 is no account number\n"],
  [["--through", "scanner"], "error: --through scanner is no role's ARN\n"],
  [["--config", "nowhere.yaml"], "error: the configuration nowhere.yaml cannot be read (ENOENT)\n"],
] as const)("%j is told to be wrong in a sentence, with a hint", async (args, sentence) => {
  const { folder } = await office([customer(0)]);
  const at = (name: string): string => join(folder, name);
  const where = ["--config", at("deputywatch.yaml")];
  const env = { ID_KEY: Buffer.from(KEY).toString("base64"), VAULT_KEY: VAULT_KEY.toString("base64") };
  const here = screen({ env });
  expect(await run(["verify", ...where, ...args], here)).toBe(2);
  expect(here.written.out).toBe("");
  expect(here.written.err).toContain(sentence);
  expect(here.written.err).toContain("hint: ");
});
