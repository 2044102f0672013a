import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { isMistake } from "../../src/config/mistake.ts";
import { fileRegistrations } from "../../src/stores/registrations/file.ts";
import { memoryRegistrations } from "../../src/stores/registrations/memory.ts";
import { lockFile } from "../../src/stores/sqlite-file.ts";
import { lineOf } from "../../src/tenants/write.ts";
import { accounts, deletion, digest, registration } from "./registration.ts";
import { registrationsContract } from "./registrations-contract.ts";

const REGISTRAR = join(import.meta.dirname, "registrar.ts");
const run = promisify(execFile);

/** A path in a folder of its own, gone after the test. */
function somewhere(): string {
  const folder = mkdtempSync(join(tmpdir(), "deputywatch-registry-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  return join(folder, "tenants.ndjson");
}

function line(account: string, extra: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({ ...lineOf(registration(account)), ...extra });
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => "nothing was thrown",
    (error: unknown) => (isMistake(error) ? error.message : error),
  );
}

registrationsContract(
  "registrations in memory",
  () => Promise.resolve({ registrations: memoryRegistrations() }),
  2_000,
);

registrationsContract(
  "registrations in a file",
  () => {
    const path = somewhere();
    return Promise.resolve({ registrations: fileRegistrations(path), reopen: () => fileRegistrations(path) });
  },
  2_000,
);

test(
  "processes that claim the same accounts at once lose none, and each account is one's",
  { timeout: 60_000 },
  async () => {
    const path = somewhere();
    const tenants = ["acme", "globex", "initech"];
    const outcomes = await Promise.all(tenants.map((tenant) => run(process.execPath, [REGISTRAR, path, tenant, "40"])));
    expect(outcomes.map(({ stderr }) => stderr)).toEqual(["", "", ""]);
    const held = await fileRegistrations(path).all();
    expect(held.map((one) => one.registration.account).sort()).toEqual(accounts(40));
    const truth = held.map(({ registration: { account, tenant } }) => `${account} ${tenant}`).sort();
    for (const { stdout } of outcomes) expect(stdout.trim().split("\n").sort()).toEqual(truth);
  },
);

test(
  "a process that is killed in its midst leaves a whole file, all it answered for, and no lock",
  { timeout: 60_000 },
  async () => {
    const path = somewhere();
    for (const first of ["300000000000", "400000000000", "500000000000"]) {
      const registrar = spawn(process.execPath, [REGISTRAR, path, "acme", "100000", first], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const exit = once(registrar, "exit");
      const answered: string[] = [];
      for await (const said of createInterface({ input: registrar.stdout })) {
        answered.push(said.split(" ")[0]!);
        if (answered.length === 25) registrar.kill("SIGKILL");
      }
      expect(await exit).toEqual([null, "SIGKILL"]);

      const startMs = performance.now();
      await fileRegistrations(path).claim([registration("111122223333")]);
      expect(performance.now() - startMs).toBeLessThan(5_000);
      const held = await fileRegistrations(path).all();
      const known = new Set(held.map((one) => one.registration.account));
      expect(answered.filter((account) => !known.has(account))).toEqual([]);
      expect(held).toHaveLength(known.size);
    }
  },
);

test("ten thousand customers are registered as one change of the file", { timeout: 30_000 }, async () => {
  const path = somewhere();
  const registrations = fileRegistrations(path);
  const held = await registrations.claim(accounts(10_000).map((account) => registration(account)));
  expect(new Set(held.map(({ revision }) => revision)).size).toBe(10_000);
  expect(readFileSync(path, "utf8").trimEnd().split("\n")).toHaveLength(10_000);
  expect(await registrations.all()).toEqual(held);
});

test("while another holds the lock nothing is changed, and everything once it lets go", async () => {
  const path = somewhere();
  const release = lockFile(`${path}.lock`)!;
  expect(lockFile(`${path}.lock`)).toBeNull();
  const registrations = fileRegistrations(path);
  const claim = registrations.claim([registration("111122223333")]);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await registrations.all()).toEqual([]);
  release();
  expect(await claim).toHaveLength(1);
  expect(await registrations.all()).toHaveLength(1);
});

test("fields that are not ours stay where they are, in lines that change and in lines that do not", async () => {
  const path = somewhere();
  const note = { crm: { id: 7, note: "ask “Alex”" }, plan: "gold" };
  const foreign = line("444455556666", note).replaceAll('":', '": ');
  writeFileSync(path, `\uFEFF${line("111122223333", note)}\r\n\n${foreign}\n`);
  const registrations = fileRegistrations(path);
  const held = (await registrations.of("111122223333"))!;
  await registrations.replace([{ held, next: { ...held.registration, externalId: digest("1"), retired: [] } }]);
  const [changed, kept] = readFileSync(path, "utf8").split("\n");
  const expected = lineOf({ ...held.registration, externalId: digest("1"), retired: [] });
  expect(JSON.parse(changed!)).toEqual({ ...expected, ...note });
  expect(expected).not.toHaveProperty("retired");
  expect(kept).toBe(foreign);
});

test("an account with several roles is listed, and not changed", async () => {
  const path = somewhere();
  const text = `${line("111122223333")}\n${line("111122223333", { roleArn: "arn:aws:iam::111122223333:role/Other" })}\n`;
  writeFileSync(path, text);
  const registrations = fileRegistrations(path);
  const all = await registrations.all();
  expect(all.map((held) => held.registration.roleArn)).toEqual([
    "arn:aws:iam::111122223333:role/Vendor-7f3a",
    "arn:aws:iam::111122223333:role/Other",
  ]);
  const [held] = all;
  const mistaken = "tenants.ndjson has 2 roles in account 111122223333";
  expect(await failureOf(registrations.of("111122223333"))).toBe(mistaken);
  expect(await failureOf(registrations.claim([registration("111122223333")]))).toBe(mistaken);
  expect(await failureOf(registrations.remove([held!]))).toBe(mistaken);
  expect(await failureOf(registrations.replace([{ held: held!, next: registration("111122223333") }]))).toBe(mistaken);
  expect(readFileSync(path, "utf8")).toBe(text);
  expect(await registrations.claim([registration("444455556666")])).toHaveLength(1);
});

test("a line that cannot be read is named with its number, never quoted, and nothing is changed", async () => {
  const path = somewhere();
  const secret = "c0ffee00-0000-4000-8000-00000000acme";
  const text = `${line("111122223333")}\n\n${line("444455556666", { externalId: secret })}\n{"tenant":"${secret}\n`;
  writeFileSync(path, text);
  const registrations = fileRegistrations(path);
  for (const work of [() => registrations.all(), () => registrations.claim([registration("777788889999")])]) {
    const failure = await failureOf(work());
    expect(failure).toMatch(/^tenants\.ndjson:3: externalId: not a digest.*\(and 1 more\)$/);
    expect(failure).not.toContain(secret);
  }
  expect(readFileSync(path, "utf8")).toBe(text);
});

test("a torn record of a deletion is named with its line, and nothing is put in its place", async () => {
  const path = somewhere();
  const registrations = fileRegistrations(path);
  await registrations.keepDeletion(deletion(1));
  const deletions = path.replace(".ndjson", ".deletions.ndjson");
  const torn = `${readFileSync(deletions, "utf8")}{"schemaVersion":1,`;
  writeFileSync(deletions, torn);
  expect(await failureOf(registrations.keepDeletion(deletion(2)))).toBe("tenants.deletions.ndjson:2: not JSON");
  expect(readFileSync(deletions, "utf8")).toBe(torn);
});

test("who may read the registry may read it after a change, and a link to it stays a link", async () => {
  const path = somewhere();
  const link = join(path, "../linked.ndjson");
  writeFileSync(path, `${line("111122223333")}\n`);
  chmodSync(path, 0o640);
  symlinkSync(path, link);
  await Promise.all([
    fileRegistrations(link).claim([registration("444455556666")]),
    fileRegistrations(path).claim([registration("777788889999")]),
  ]);
  expect(statSync(path).mode & 0o777).toBe(0o640);
  expect(await fileRegistrations(path).all()).toHaveLength(3);
  expect(await fileRegistrations(link).all()).toHaveLength(3);
  const own = somewhere();
  await fileRegistrations(own).claim([registration("111122223333")]);
  expect(statSync(own).mode & 0o777).toBe(0o600);
});

test("a registry that is no list of lines, or that can be nowhere, is the user's mistake", async () => {
  expect(() => fileRegistrations("tenants.yaml")).toThrow("tenants.yaml is read, and never written");
  const nowhere = join(somewhere(), "no/such/tenants.ndjson");
  expect(await failureOf(fileRegistrations(nowhere).claim([registration("111122223333")]))).toBe(
    `the lock ${nowhere}.lock cannot be opened: there is no such folder, or no file may be made in it`,
  );
});
