import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { isMistake } from "../../src/config/mistake.ts";
import { fileVault } from "../../src/stores/vault/file.ts";
import { memoryVault } from "../../src/stores/vault/memory.ts";
import { vaultContract } from "./vault-contract.ts";
import { digestOf, secrets } from "./vault-secrets.ts";

const KEY = new Uint8Array(32).fill(7);
const run = promisify(execFile);
const SRC = join(import.meta.dirname, "../../src");

/** A path in a folder of its own, gone after the test. */
function somewhere(): string {
  const folder = mkdtempSync(join(tmpdir(), "deputywatch-vault-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  return join(folder, "vault.db");
}

/** Everything that lies beside the path: the vault, and SQLite's logs. */
function bytesAt(path: string): Buffer {
  const folder = join(path, "..");
  return Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name))));
}

vaultContract("the vault in memory", () => Promise.resolve({ vault: memoryVault() }), 5_000);

vaultContract(
  "the vault in a file",
  () => {
    const path = somewhere();
    return Promise.resolve({ vault: fileVault(path, KEY), reopen: () => fileVault(path, KEY) });
  },
  5_000,
);

test("a vault is opened with the key that it was made with, and with no other", async () => {
  const path = somewhere();
  const vault = fileVault(path, KEY);
  const [digest, id] = [...secrets(1)][0]!;
  await vault.keep(secrets(1));
  let failure: unknown;
  try {
    fileVault(path, new Uint8Array(32).fill(8));
  } catch (error) {
    failure = error;
  }
  expect(isMistake(failure) && failure.message).toBe(`the vault ${path} was sealed with another key`);
  expect(await vault.reveal(digest)).toBe(id);
  await vault.close();
});

test("what was sealed for one digest does not open under another, nor after a bit of it has turned", async () => {
  const path = somewhere();
  const vault = fileVault(path, KEY);
  onTestFinished(vault.close);
  const some = secrets(4);
  const [one, other, torn, whole] = [...some.keys()];
  await vault.keep(some);
  const beside = new DatabaseSync(path);
  beside
    .prepare("UPDATE secrets SET sealed = (SELECT sealed FROM secrets WHERE digest = ?) WHERE digest = ?")
    .run(other!, one!);
  const sealed = beside.prepare("SELECT sealed FROM secrets WHERE digest = ?").get(torn!)?.sealed as Uint8Array;
  for (const damaged of [
    sealed.map((byte, at) => (at === 20 ? byte ^ 1 : byte)),
    sealed.subarray(0, 9),
    new Uint8Array(),
  ]) {
    beside.prepare("UPDATE secrets SET sealed = ? WHERE digest = ?").run(damaged, torn!);
    await expect(vault.reveal(torn!)).rejects.toThrow(`the vault ${path}: what is sealed as ${torn!} does not open`);
  }
  beside.close();
  const failure = await vault.reveal(one!).catch((error: unknown) => error);
  expect(String(failure)).toContain(`what is sealed as ${one!} does not open`);
  for (const id of some.values()) expect(String(failure) + String((failure as Error).cause)).not.toContain(id);
  expect(await vault.reveal(other!)).toBe(some.get(other!));
  expect(await vault.reveal(whole!)).toBe(some.get(whole!));
});

test("no ID ever lies in the vault's files in plain, and of what was forgotten not even what it was sealed as", async () => {
  const path = somewhere();
  const vault = fileVault(path, KEY);
  onTestFinished(vault.close);
  const all = secrets(2_000);
  const beside = new DatabaseSync(path);
  onTestFinished(() => {
    beside.close();
  });
  const sealedNow = (): Map<string, Buffer> =>
    new Map(
      beside
        .prepare("SELECT digest, sealed FROM secrets")
        .all()
        .map((row) => [row.digest as string, Buffer.from(row.sealed as Uint8Array)]),
    );
  // In several writes, and some of them twice, so that pages are split and filled anew.
  const list = [...all];
  for (let at = 0; at < list.length; at += 300) await vault.keep(new Map(list.slice(at, at + 300)));
  const once = sealedNow();
  await vault.keep(new Map(list.slice(0, 500)));
  const twice = sealedNow();
  const present = bytesAt(path);
  expect([...twice.values()].every((sealed) => present.includes(sealed.subarray(0, 40)))).toBe(true);
  for (const id of all.values()) expect(present.includes(id)).toBe(false);

  const forgotten = list.filter((_, n) => n % 3 !== 0).map(([digest]) => digest);
  await vault.forget(forgotten);
  const left = bytesAt(path);
  const remains = forgotten.flatMap((digest) =>
    [once, twice].filter((sealed) => left.includes(sealed.get(digest)!.subarray(0, 28))),
  );
  expect(remains).toHaveLength(0);
  expect(forgotten.filter((digest) => left.includes(digest))).toEqual([]);
  expect(await vault.digests()).toHaveLength(list.length - forgotten.length);
  for (const [digest, id] of list.filter((_, n) => n % 3 === 0).slice(0, 50))
    expect(await vault.reveal(digest)).toBe(id);
});

test("processes that keep and forget at once lose nothing of each other's", { timeout: 60_000 }, async () => {
  const path = somewhere();
  const script = `
    const { fileVault } = await import(${JSON.stringify(join(SRC, "stores/vault/file.ts"))});
    const { secrets } = await import(${JSON.stringify(join(import.meta.dirname, "vault-secrets.ts"))});
    const vault = fileVault(${JSON.stringify(path)}, new Uint8Array(32).fill(7));
    const from = Number(process.argv[1]);
    for (let n = from; n < from + 40; n += 2) {
      await vault.keep(secrets(2, n));
      await vault.forget([...secrets(1, n).keys()]);
    }
    await vault.close();`;
  const outcomes = await Promise.all(
    [0, 100, 200].map((from) =>
      run(process.execPath, ["--no-warnings", "--input-type=module", "-e", script, String(from)]),
    ),
  );
  expect(outcomes.map(({ stderr }) => stderr)).toEqual(["", "", ""]);
  const vault = fileVault(path, KEY);
  onTestFinished(vault.close);
  const expected = [0, 100, 200].flatMap((from) => [...secrets(40, from).keys()].filter((_, n) => n % 2 === 1));
  expect([...(await vault.digests())].sort()).toEqual(expected.sort());
});

test("a vault's files are their owner's alone, and a path that can hold none is the user's mistake", async () => {
  const path = somewhere();
  const vault = fileVault(path, KEY);
  await vault.keep(secrets(1));
  for (const name of [path, `${path}-wal`]) expect(statSync(name).mode & 0o777).toBe(0o600);
  await vault.close();
  const nowhere = join(path, "no/such/vault.db");
  expect(() => fileVault(nowhere, KEY)).toThrow(`the vault ${nowhere} cannot be opened`);
  expect(() => fileVault(":memory:", KEY)).toThrow(":memory: cannot hold a vault");
  expect(existsSync(":memory:")).toBe(false);
});

test("while another reads the log is not emptied, and whoever forgets is told so", { timeout: 30_000 }, async () => {
  const path = somewhere();
  const vault = fileVault(path, KEY);
  onTestFinished(vault.close);
  await vault.keep(secrets(2));
  const reader = new DatabaseSync(path);
  reader.exec("BEGIN");
  reader.prepare("SELECT count(*) FROM secrets").get();
  await expect(vault.forget([digestOf("c0ffee00-0000-4000-8000-000000000000")])).rejects.toThrow(
    "its log may still hold what was forgotten",
  );
  reader.exec("COMMIT");
  reader.close();
  await vault.forget([digestOf("c0ffee00-0000-4000-8000-000000000000")]);
  expect(await vault.digests()).toHaveLength(1);
});
