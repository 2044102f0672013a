import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { startFauxqs } from "fauxqs";
import { expect, onTestFinished, test } from "vitest";
import { getObject } from "../../src/sources/s3.ts";

const BUCKET = "trail-bucket";
const KEY = "AWSLogs/999988887777/CloudTrail/us-east-1/2026/11/20/a file+.json.gz";

async function bucket(): Promise<S3Client> {
  const server = await startFauxqs({ port: 0, logger: false });
  server.createBucket(BUCKET);
  const client = clientOf(server.address);
  onTestFinished(async () => {
    client.destroy();
    await server.stop();
  });
  return client;
}

/** What the local stack cannot be brought to answer. */
async function answering(listener: RequestListener): Promise<S3Client> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const client = clientOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  onTestFinished(() => {
    client.destroy();
    server.closeAllConnections();
    server.close();
  });
  return client;
}

function clientOf(endpoint: string): S3Client {
  return new S3Client({
    endpoint,
    region: "us-east-1",
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
}

function refusing(status: number, code: string): Promise<S3Client> {
  return answering((_, response) => {
    response.writeHead(status, { "content-type": "application/xml" });
    response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>said so</Message></Error>`);
  });
}

const object = { bucket: BUCKET, key: KEY, region: null };

test("an object is read as it was written, whatever its key holds", async () => {
  const client = await bucket();
  const body = gzipSync(Buffer.alloc(300_000, "trail"));
  await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: KEY, Body: body }));
  const fetched = await getObject(client, object);
  expect(fetched.ok && Buffer.compare(fetched.bytes, body)).toBe(0);
});

test("an object or a bucket that does not exist is a reason: no retry at once will find it", async () => {
  const client = await bucket();
  expect(await getObject(client, object)).toEqual({
    ok: false,
    reason: "the object does not exist",
    retry: false,
    missing: true,
  });
  expect(await getObject(client, { ...object, bucket: "no-such-bucket" })).toEqual({
    ok: false,
    reason: "the bucket does not exist",
    retry: false,
    missing: true,
  });
});

test("an object over the limit is refused, and one at the limit is read", async () => {
  const client = await bucket();
  await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: KEY, Body: Buffer.alloc(100_001) }));
  expect(await getObject(client, object, 100_000)).toEqual({
    ok: false,
    reason: "the object is larger than 100000 bytes",
    retry: false,
  });
  expect((await getObject(client, object, 100_001)).ok).toBe(true);
});

test("an object that hides its length is cut off at the limit", async () => {
  let endless = true;
  const client = await answering((_, response) => {
    response.on("close", () => {
      endless = false;
    });
    const pour = (): void => {
      while (endless && response.write(Buffer.alloc(65_536)));
    };
    response.on("drain", pour);
    pour();
  });
  expect(await getObject(client, object, 1_000_000)).toMatchObject({ ok: false, retry: false });
  await expect.poll(() => endless).toBe(false);
});

test("a denied or archived object is a reason that a person can mend", async () => {
  expect(await getObject(await refusing(403, "AccessDenied"), object)).toMatchObject({ ok: false, retry: true });
  expect(await getObject(await refusing(403, "InvalidObjectState"), object)).toMatchObject({ ok: false, retry: true });
});

test.for([
  [503, "SlowDown"],
  [500, "InternalError"],
  [403, "InvalidAccessKeyId"],
  [400, "ExpiredToken"],
] as const)("%i %s is a broken world: thrown with its cause", async ([status, code]) => {
  const error = await getObject(await refusing(status, code), object).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ message: `s3://${BUCKET}/${KEY} could not be read`, cause: { name: code } });
});

test("a connection that breaks in the middle of the body is thrown, never a shorter object", async () => {
  const client = await answering((_, response) => {
    response.writeHead(200, { "content-length": "1000" });
    response.write("half of it", () => response.destroy());
  });
  await expect(getObject(client, object)).rejects.toThrow("could not be read");
});
