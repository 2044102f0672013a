import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { startFauxqs } from "fauxqs";
import { expect, onTestFinished, test } from "vitest";
import { folderQuarantine } from "../../src/stores/quarantine/folder.ts";
import type { Quarantined } from "../../src/stores/quarantine/quarantine.ts";
import { s3Quarantine } from "../../src/stores/quarantine/s3.ts";

const torn: Quarantined = {
  ...{ id: "message-1", reason: "not JSON", where: ["line 1: not JSON"] },
  ...{ body: '{"externalId":"s3cret', object: null },
};
const NOTE = { id: "message-1", reason: "not JSON", where: ["line 1: not JSON"], object: null, body: "message-1.body" };

async function somewhere(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "deputywatch-quarantine-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return join(folder, "made", "when needed");
}

test("a folder keeps what came as it came, and a note beside it, for its owner alone", async () => {
  const folder = await somewhere();
  await folderQuarantine(folder).keep(torn);
  expect((await readdir(folder)).sort()).toEqual(["message-1.body", "message-1.json"]);
  expect(await readFile(join(folder, "message-1.body"), "utf8")).toBe(torn.body);
  expect(JSON.parse(await readFile(join(folder, "message-1.json"), "utf8"))).toEqual(NOTE);
  for (const name of await readdir(folder)) expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
});

test("what comes again is written over, in a folder and in a bucket", async () => {
  const folder = await somewhere();
  const { client, names, read } = await bucket();
  for (const quarantine of [folderQuarantine(folder), s3Quarantine(client, "vendor", "unread")]) {
    await quarantine.keep(torn);
    await quarantine.keep({ ...torn, body: "again" });
  }
  expect(await readdir(folder)).toHaveLength(2);
  expect(await readFile(join(folder, "message-1.body"), "utf8")).toBe("again");
  expect(await names()).toEqual(["unread/message-1.body", "unread/message-1.json"]);
  expect(await read("unread/message-1.body")).toBe("again");
});

test("an id that would leave the folder, or is no file name, is kept inside it and apart from its like", async () => {
  const folder = await somewhere();
  const quarantine = folderQuarantine(folder);
  const ids = ["../../escaped", "..\\..\\escaped", "a/b", "a_b", "", ".", "n\u0000", "x".repeat(5_000), "é"];
  for (const id of ids) await quarantine.keep({ ...torn, id });
  const notes = (await readdir(folder)).filter((name) => name.endsWith(".json"));
  const kept = await Promise.all(notes.map(async (name) => readFile(join(folder, name), "utf8")));
  expect(kept.map((text) => (JSON.parse(text) as Quarantined).id).sort()).toEqual(ids.toSorted());
});

test("an object is kept by reference: a note and no body", async () => {
  const folder = await somewhere();
  const object = { bucket: "trail", key: "AWSLogs/torn.json.gz", region: null };
  await folderQuarantine(folder).keep({ ...torn, id: "object-1", body: null, object });
  expect(await readdir(folder)).toEqual(["object-1.json"]);
  expect(JSON.parse(await readFile(join(folder, "object-1.json"), "utf8"))).toMatchObject({ object, body: null });
});

test("a bucket keeps it encrypted with the key of its account", async () => {
  const { client, read } = await bucket();
  await s3Quarantine(client, "vendor", "unread/").keep(torn);
  expect(JSON.parse(await read("unread/message-1.json"))).toEqual(NOTE);
  const sent: unknown[] = [];
  client.middlewareStack.add((next) => (args) => (sent.push(args.input), next(args)), { step: "initialize" });
  await s3Quarantine(client, "vendor", "").keep(torn);
  expect(sent).toMatchObject([
    { Key: "message-1.body", ServerSideEncryption: "aws:kms" },
    { Key: "message-1.json", ServerSideEncryption: "aws:kms" },
  ]);
  await client.send(new HeadObjectCommand({ Bucket: "vendor", Key: "message-1.body" }));
});

test("a place that cannot keep anything says so, without a word of the body", async () => {
  const folder = await mkdtemp(join(tmpdir(), "deputywatch-quarantine-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "a file"), "");
  const { client } = await bucket();
  for (const quarantine of [
    folderQuarantine(join(folder, "a file", "in it")),
    s3Quarantine(client, "gone", "unread"),
  ]) {
    const failure = await quarantine.keep(torn).catch((error: unknown) => error as Error);
    expect(failure).toMatchObject({ message: expect.stringContaining("took nothing") as string });
    expect(String(failure)).not.toContain("s3cret");
  }
});

async function bucket() {
  const server = await startFauxqs({ port: 0, host: "127.0.0.1", logger: false });
  server.createBucket("vendor");
  const client = new S3Client({
    ...{ endpoint: `http://127.0.0.1:${server.port}`, region: "us-east-1", forcePathStyle: true },
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  onTestFinished(async () => {
    client.destroy();
    await server.stop();
  });
  return {
    client,
    names: async (): Promise<readonly string[]> => {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: "vendor" }));
      return Contents.map(({ Key = "" }) => Key);
    },
    read: async (Key: string): Promise<string> => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: "vendor", Key }));
      return (await Body?.transformToString()) ?? "";
    },
  };
}
