import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { startFauxqs } from "fauxqs";
import { expect, onTestFinished, test } from "vitest";
import { isMistake } from "../../src/config/mistake.ts";
import { publishTemplate } from "../../src/pipeline/publish-template.ts";

const PUBLICATION = {
  bucket: "templates",
  prefix: "customers/",
  nonce: "00112233445566778899aabbccddeeff",
  body: "Resources: {}\n",
  fileName: "role.yaml",
  contentType: "application/yaml",
  expiresSeconds: 1800,
};

async function bucket() {
  const server = await startFauxqs({ port: 0, host: "127.0.0.1", logger: false });
  server.createBucket("templates");
  const client = new S3Client({
    ...{ endpoint: `http://127.0.0.1:${server.port}`, region: "us-east-1", forcePathStyle: true },
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  onTestFinished(async () => {
    client.destroy();
    await server.stop();
  });
  return client;
}

test("the link downloads the template, for as long as was asked, and the object is encrypted under a key of its own", async () => {
  const client = await bucket();
  const sent: unknown[] = [];
  client.middlewareStack.add((next) => (args) => (sent.push(args.input), next(args)), { step: "initialize" });
  const { key, url } = await publishTemplate(client, PUBLICATION);
  expect(key).toBe("customers/00112233445566778899aabbccddeeff/role.yaml");
  expect(await (await fetch(url)).text()).toBe(PUBLICATION.body);
  const query = new URL(url).searchParams;
  expect(query.get("X-Amz-Expires")).toBe("1800");
  expect(query.get("X-Amz-Algorithm")).toBe("AWS4-HMAC-SHA256");
  expect(sent[0]).toMatchObject({ ServerSideEncryption: "AES256", ContentType: "application/yaml" });
  await client.send(new HeadObjectCommand({ Bucket: "templates", Key: key }));
});

test("a second publication stands beside the first and changes nothing of it", async () => {
  const client = await bucket();
  const first = await publishTemplate(client, PUBLICATION);
  await publishTemplate(client, { ...PUBLICATION, prefix: "", nonce: "f".repeat(32), body: "other" });
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: "templates" }));
  expect(Contents.map(({ Key }) => Key)).toEqual([first.key, `${"f".repeat(32)}/role.yaml`]);
  const { Body } = await client.send(new GetObjectCommand({ Bucket: "templates", Key: first.key }));
  expect(await Body?.transformToString()).toBe(PUBLICATION.body);
});

test("a bucket that is not there, and a link that does not work, are said and not handed out", async () => {
  const client = await bucket();
  await expect(publishTemplate(client, { ...PUBLICATION, bucket: "gone" })).rejects.toThrow(
    "s3://gone did not take the template",
  );
  client.middlewareStack.add(
    (next) => (args) =>
      next({ ...args, input: { ...args.input, ...("Body" in args.input ? { Body: "changed on the way" } : {}) } }),
    { step: "initialize" },
  );
  const refusal: unknown = await publishTemplate(client, PUBLICATION).catch((error: unknown) => error);
  expect(isMistake(refusal)).toBe(true);
  expect(String(refusal)).toContain("does not give the template (HTTP 200)");
  expect(String(refusal)).not.toContain("X-Amz-Signature");
});
