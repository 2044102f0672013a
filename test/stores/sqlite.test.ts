import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { isMistake } from "../../src/config/mistake.ts";
import type { Cell } from "../../src/memory/cell.ts";
import { sqliteStore } from "../../src/stores/sqlite.ts";
import { storeContract } from "./contract.ts";

const WRITER = join(import.meta.dirname, "writer.ts");
const run = promisify(execFile);

const marks = (...members: string[]): Cell => ({ kind: "marks", value: new Set(members) });

/** A path in a folder of its own, gone after the test. */
function somewhere(): string {
  const folder = mkdtempSync(join(tmpdir(), "deputywatch-store-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  return join(folder, "memory.db");
}

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

storeContract("the store in a SQLite file", () => {
  const path = somewhere();
  return Promise.resolve({ store: sqliteStore(path), reopen: () => Promise.resolve(sqliteStore(path)) });
});

test(
  "four processes that open a new file at once and write into the same cell lose nothing",
  { timeout: 60_000 },
  async () => {
    const path = somewhere();
    const names = ["a", "b", "c", "d"];
    const outcomes = await Promise.all(names.map((name) => run(process.execPath, [WRITER, path, name, "50"])));
    expect(outcomes.map(({ stderr }) => stderr)).toEqual(["", "", "", ""]);

    const store = sqliteStore(path);
    const shared = (await store.recall(["shared"])).get("shared");
    const everything = names.flatMap((name) => Array.from({ length: 50 }, (_, n) => `${name}-${n}`));
    expect(shared?.value).toEqual(new Set(everything));
    expect((await store.recall(everything.map((mark) => mark.replace("-", "/")))).size).toBe(200);
    await store.close();
  },
);

test("what was acknowledged is there after the writer was killed, whole merges only", { timeout: 60_000 }, async () => {
  const path = somewhere();
  const writer = spawn(process.execPath, [WRITER, path, "a", "1000000"], { stdio: ["ignore", "pipe", "inherit"] });
  const exit = once(writer, "exit");
  let acknowledged = 0;
  for await (const line of createInterface({ input: writer.stdout })) {
    acknowledged = Math.max(acknowledged, Number(line) + 1);
    if (acknowledged === 100) writer.kill("SIGKILL");
  }
  expect(await exit).toEqual([null, "SIGKILL"]);

  const store = sqliteStore(path);
  const shared = (await store.recall(["shared"])).get("shared")?.value as Set<string>;
  expect(acknowledged).toBeGreaterThanOrEqual(100);
  expect(shared.size).toBeGreaterThanOrEqual(acknowledged);
  expect(shared).toEqual(new Set(Array.from({ length: shared.size }, (_, n) => `a-${n}`)));
  expect((await store.recall(Array.from(shared, (mark) => mark.replace("-", "/")))).size).toBe(shared.size);
  expect((await store.recall([`a/${shared.size}`])).size).toBe(0);
  await store.close();
});

test("a disk that takes no more fails the merge with its cause, keeps what it has, and recovers with the disk", async () => {
  const path = somewhere();
  const script = `
    const { sqliteStore } = await import(${JSON.stringify(join(import.meta.dirname, "../../src/stores/sqlite.ts"))});
    const store = sqliteStore(${JSON.stringify(path)});
    await store.merge(new Map([["small", { kind: "marks", value: new Set(["a"]) }]]));
    const large = { kind: "marks", value: new Set(["x".repeat(1_000_000)]) };
    const failure = await store.merge(new Map([["large", large]])).catch((error) => error);
    await store.merge(new Map([["small", { kind: "marks", value: new Set(["b"]) }]]));
    console.log(JSON.stringify([failure.message, failure.cause?.code]));`;
  const limited = `ulimit -f 512; exec "$0" --input-type=module -e "$1"`;
  const { stdout } = await run("sh", ["-c", limited, process.execPath, script]);
  expect(JSON.parse(stdout)).toEqual([`the store ${path}: the disk refuses to read or write`, "ERR_SQLITE_ERROR"]);

  const store = sqliteStore(path);
  expect((await store.recall(["small", "large"])).get("small")?.value).toEqual(new Set(["a", "b"]));
  expect((await store.recall(["large"])).size).toBe(0);
  await store.close();
});

test("a merge that fails in its middle leaves nothing behind", async () => {
  const store = sqliteStore(somewhere());
  await store.merge(new Map([["k", marks("a")]]));
  const torn = new Map<string, Cell>([
    ["before", marks("b")],
    ["k", { kind: "facets", value: new Map() }],
  ]);
  await expect(store.merge(torn)).rejects.toThrow("a facets cell cannot join a marks cell");
  expect((await store.recall(["before"])).size).toBe(0);
  await store.close();
});

test.each([
  ["text that is cut short", '["marks",["a"', "cannot be read"],
  ["a kind from a later version", '["forecast",[1]]', "is of a kind this version does not know"],
])("a stored cell that holds %s is named, kept, and in nobody else's way", async (_, text, reason) => {
  const path = somewhere();
  const store = sqliteStore(path);
  await store.merge(
    new Map([
      ["torn", marks("a")],
      ["whole", marks("b")],
    ]),
  );
  const beside = new DatabaseSync(path);
  beside.prepare(`UPDATE cells SET cell = ? WHERE key = '"torn"'`).run(text);

  await expect(store.recall(["whole", "torn"])).rejects.toThrow(/^the stored cell "torn" cannot be read: /);
  await expect(store.merge(new Map([["torn", marks("c")]]))).rejects.toThrow(reason);
  expect((await store.recall(["whole"])).get("whole")?.value).toEqual(new Set(["b"]));
  await store.merge(new Map([["whole", marks("c")]]));

  expect(beside.prepare(`SELECT cell FROM cells WHERE key = '"torn"'`).get()?.cell).toBe(text);
  beside.close();
  await store.close();
});

test("a merge that changes nothing writes nothing", async () => {
  const path = somewhere();
  const store = sqliteStore(path);
  const beside = new DatabaseSync(path);
  const version = (): unknown => beside.prepare("PRAGMA data_version").get()?.data_version;
  await store.merge(new Map([["k", marks("a", "b")]]));
  const before = version();
  await store.merge(new Map([["k", marks("b")]]));
  expect(version()).toBe(before);
  await store.merge(new Map([["k", marks("c")]]));
  expect(version()).not.toBe(before);
  beside.close();
  await store.close();
});

test("a path that cannot hold a store is the user's mistake, told in a sentence with a hint", () => {
  const [text, nowhere, foreign] = [somewhere(), join(somewhere(), "no", "such", "folder"), somewhere()];
  writeFileSync(text, "not a database, and long enough to be sure of it\n".repeat(100));
  const other = new DatabaseSync(foreign);
  other.exec("CREATE TABLE bookmarks (url TEXT)");
  other.close();

  for (const [path, sentence] of [
    [text, `the store ${text} cannot be opened: it is not a SQLite database`],
    [nowhere, `the store ${nowhere} cannot be opened: there is no such folder, or no file may be made in it`],
    [foreign, `${foreign} is another program's database`],
    [":memory:", ":memory: cannot hold a store"],
    ["", "an empty path cannot hold a store"],
  ] as const) {
    const error = thrownBy(() => sqliteStore(path));
    expect(isMistake(error) && { message: error.message, hinted: error.hint !== null }).toEqual({
      message: sentence,
      hinted: true,
    });
  }
  const untouched = new DatabaseSync(foreign);
  expect(untouched.prepare("SELECT name FROM sqlite_schema").all()).toEqual([{ name: "bookmarks" }]);
  expect(untouched.prepare("PRAGMA journal_mode").get()).toEqual({ journal_mode: "delete" });
  untouched.close();
});

test("a file that a later version laid out is left alone", async () => {
  const path = somewhere();
  await sqliteStore(path).close();
  const beside = new DatabaseSync(path);
  beside.exec("PRAGMA user_version = 3");
  beside.close();
  const error = thrownBy(() => sqliteStore(path));
  expect(isMistake(error) && error.message).toBe(`${path} was written by another version`);
});

test("a store that was closed rejects, and does not throw", async () => {
  const store = sqliteStore(somewhere());
  await store.close();
  await expect(store.recall(["k"])).rejects.toThrow();
  await expect(store.merge(new Map([["k", marks("a")]]))).rejects.toThrow();
});
