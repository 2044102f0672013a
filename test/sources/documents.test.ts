import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import { fileDocument, findFiles } from "../../src/sources/directory.ts";
import { readAhead } from "../../src/sources/source.ts";
import type { Document, Read } from "../../src/sources/source.ts";
import { stdinDocument } from "../../src/sources/stdin.ts";
import { openBytes } from "../../src/trail/envelopes/open.ts";

const root = await mkdtemp(join(tmpdir(), "sources-"));
afterAll(() => rm(root, { recursive: true }));

async function folderOf(name: string, files: readonly string[]): Promise<string> {
  const folder = join(root, name);
  await mkdir(folder, { recursive: true });
  for (const file of files) {
    await mkdir(join(folder, file, ".."), { recursive: true });
    await writeFile(join(folder, file), "{}");
  }
  return folder;
}

const found = async (folder: string, pattern = ""): Promise<object> => {
  const { files, skipped } = await findFiles(join(folder, pattern));
  return {
    files: files.map((file) => relative(folder, file)),
    skipped: Object.fromEntries(skipped.map(({ name, reason }) => [relative(folder, name), reason])),
  };
};

async function all(documents: Iterable<Document>): Promise<Read[]> {
  const read: Read[] = [];
  for await (const document of readAhead(documents)) read.push(document);
  return read;
}

const delivered = (region: string, time: string): string =>
  `AWSLogs/111122223333/CloudTrail/${region}/999988887777_CloudTrail_${region}_${time}_x.json.gz`;

test("a folder is read in the order of delivery, and what is no trail is passed over with a reason", async () => {
  const early = delivered("us-east-1", "20261120T1000Z");
  const late = delivered("eu-west-1", "20261120T1005Z");
  const digest = "AWSLogs/111122223333/CloudTrail-Digest";
  const folder = await folderOf("mixed", [
    ...[late, early, "z.json", "a.ndjson", "README.md", "SOURCE.txt", "LICENSE", ".git/config", ".hidden.json"],
    ...[`${digest}/us-east-1/d.json.gz`, "CloudTrail-Insight/i.json.gz"],
  ]);
  const passed = {
    "README.md": "not a trail file",
    "SOURCE.txt": "not a trail file",
    LICENSE: "not a trail file",
    ".git": "dot file",
    ".hidden.json": "dot file",
    [digest]: "digest files",
    "CloudTrail-Insight": "insights",
  };
  expect(await found(folder)).toEqual({ files: [early, late, "a.ndjson", "z.json"], skipped: passed });
  expect(await found(folder, "**/*.json.gz")).toMatchObject({ files: [early, late] });
  expect(await found(folder, "?.json")).toEqual({ files: ["z.json"], skipped: {} });
  expect(await found(folder, "AWS*")).toMatchObject({ files: [early, late], skipped: { [digest]: "digest files" } });
  expect(await found(folder, "README.md")).toEqual({ files: ["README.md"], skipped: {} });
});

test("what matches nothing is an empty list", async () => {
  const folder = await folderOf("empty", []);
  for (const pattern of ["", "nothing.json", "*.json", "[", "{"]) {
    expect(await found(folder, pattern)).toEqual({ files: [], skipped: {} });
  }
});

test("a folder that links to itself is walked once, and a link to nowhere is found out when it is read", async () => {
  const folder = await folderOf("links", ["sub/a.json"]);
  await symlink("..", join(folder, "sub", "up"));
  await symlink("nowhere", join(folder, "broken.json"));
  const { files } = await findFiles(folder);
  expect(files.map((file) => relative(folder, file))).toEqual(["broken.json", "sub/a.json"]);
  expect(await all(files.map((file) => fileDocument(file)))).toMatchObject([
    { reason: "cannot be read (ENOENT)" },
    { bytes: {} },
  ]);
});

test.skipIf(process.getuid?.() === 0)("a file that may not be read costs no other (not as root, who may)", async () => {
  const folder = await folderOf("closed", ["a.json", "b.json"]);
  await chmod(join(folder, "a.json"), 0);
  const { files } = await findFiles(folder);
  expect(await all(files.map((file) => fileDocument(file)))).toMatchObject([
    { reason: "cannot be read (EACCES)" },
    { bytes: {} },
  ]);
});

test("documents come in their order, inflated, however long each takes, and no more than asked are held", async () => {
  let open = 0;
  let most = 0;
  const documents = Array.from({ length: 20 }, (_, at) => ({
    name: String(at),
    read: async () => {
      most = Math.max(most, ++open);
      await new Promise((resolve) => setTimeout(resolve, (at * 7) % 5));
      return gzipSync(String(at));
    },
  }));
  const names: string[] = [];
  for await (const document of readAhead(documents, 3)) {
    open--;
    expect("bytes" in document && Buffer.from(document.bytes).toString()).toBe(document.name);
    names.push(document.name);
  }
  expect(names).toEqual(documents.map(({ name }) => name));
  expect(most).toBe(4);
});

test("a document that cannot be had or inflated has a reason, and its neighbours are read", async () => {
  const documents: Document[] = [
    {
      name: "refused",
      read: () => Promise.reject(new Error("x", { cause: Object.assign(new Error("y"), { name: "AccessDenied" }) })),
    },
    { name: "torn", read: () => Promise.resolve(gzipSync("{}").subarray(0, 12)) },
    { name: "whole", read: () => Promise.resolve(Buffer.from("{}")) },
  ];
  expect(await all(documents)).toEqual([
    { name: "refused", reason: "cannot be read (AccessDenied)" },
    { name: "torn", reason: "gzip: cut off" },
    { name: "whole", bytes: Buffer.from("{}") },
  ]);
});

test("standard input is one document, compressed or not, up to its limit", async () => {
  const chunks = (): AsyncIterable<Uint8Array> => ReadableStream.from([gzipSync("{}"), gzipSync("[]")]);
  expect(await all([stdinDocument(chunks)])).toEqual([{ name: "-", bytes: Buffer.from("{}[]") }]);
  expect(await all([stdinDocument(chunks, 30)])).toEqual([
    { name: "-", reason: "standard input holds more than 30 bytes" },
  ]);
});

const trails = "../shared/trails";
test.skipIf(!existsSync(trails))("every published trail is read or has a reason (needs ../shared/trails)", async () => {
  const { files, skipped } = await findFiles(trails);
  expect(skipped.every(({ reason }) => reason === "not a trail file")).toBe(true);
  let records = 0;
  const unread: string[] = [];
  for (const document of await all(files.map((file) => fileDocument(file)))) {
    if ("reason" in document) {
      unread.push(document.reason);
      continue;
    }
    const found = openBytes(document.bytes);
    expect(found.records.length + found.objects.length + found.skipped.size + found.rejected.length).toBeGreaterThan(0);
    records += found.records.length;
    unread.push(...found.rejected.map(({ reason }) => reason));
  }
  expect(records).toBeGreaterThan(1000);
  expect(new Set(unread)).toEqual(
    new Set([
      "zip archive: unzip it first",
      "not JSON",
      "not a CloudTrail record nor an envelope known to deputywatch",
    ]),
  );
});
