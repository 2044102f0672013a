import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { SQSClient } from "@aws-sdk/client-sqs";
import { startFauxqs } from "fauxqs";
import { expect, onTestFinished, test } from "vitest";
import { receive, remove, returnNow } from "../../src/sources/queue.ts";

const NOW = { waitSeconds: 0, max: 10 };

async function queue() {
  const server = await startFauxqs({ port: 0, logger: false });
  const { queueUrl } = server.createQueue("trail");
  const client = clientOf(server.address);
  onTestFinished(async () => {
    client.destroy();
    await server.stop();
  });
  return { server, client, queueUrl, send: (body: string) => server.sendMessage("trail", body) };
}

function clientOf(endpoint: string): SQSClient {
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  return new SQSClient({ endpoint, region: "us-east-1", maxAttempts: 1, credentials });
}

test("what was sent is received once, with its body as it was and how often it has come", async () => {
  const { client, queueUrl, send } = await queue();
  send('{"Records":[]}\n');
  const [message, ...others] = await receive(client, queueUrl, NOW);
  expect(message).toMatchObject({ body: '{"Records":[]}\n', receives: 1 });
  expect(message!.sentMs).toBeGreaterThan(Date.parse("2020-01-01"));
  expect(others).toEqual([]);
  expect(await receive(client, queueUrl, NOW)).toEqual([]);
});

test("a message that is given back comes again at once, counted", async () => {
  const { client, queueUrl, send } = await queue();
  send("again");
  const [first] = await receive(client, queueUrl, NOW);
  expect(await returnNow(client, queueUrl, [first!.receipt])).toEqual([]);
  expect(await receive(client, queueUrl, NOW)).toMatchObject([{ id: first!.id, receives: 2 }]);
});

test("more messages than one request takes are removed in tens", async () => {
  const { server, client, queueUrl, send } = await queue();
  for (let n = 0; n < 23; n++) send(`message ${n}`);
  const receipts: string[] = [];
  for (let round = 0; round < 3; round++) {
    for (const { receipt } of await receive(client, queueUrl, NOW)) receipts.push(receipt);
  }
  expect(receipts.length).toBe(23);
  expect(await remove(client, queueUrl, receipts)).toEqual([]);
  const { ready, inflight } = server.inspectQueue("trail")!.messages;
  expect([ready.length, inflight.length]).toEqual([0, 0]);
});

test("nothing to remove asks nothing of the queue", async () => {
  const { server, client, queueUrl } = await queue();
  await server.stop();
  expect(await remove(client, queueUrl, [])).toEqual([]);
});

test("a receipt that the queue does not take is named, and its neighbours are settled", async () => {
  const { client, queueUrl, send } = await queue();
  send("one");
  send("two");
  const [one, two] = await receive(client, queueUrl, NOW);
  const unknown = Array.from({ length: 10 }, (_, n) => `no such receipt ${n}`);
  expect(await returnNow(client, queueUrl, [one!.receipt, ...unknown, two!.receipt])).toEqual(
    unknown.map((receipt) => ({ receipt, reason: "ReceiptHandleIsInvalid", retry: false })),
  );
  expect((await receive(client, queueUrl, NOW)).map(({ body }) => body).sort()).toEqual(["one", "two"]);
});

test("a removal that SQS itself failed at may be tried again", async () => {
  const server = createServer((_, response) => {
    const Failed = [{ Id: "1", SenderFault: false, Code: "InternalError" }];
    response.setHeader("content-type", "application/x-amz-json-1.0");
    response.end(JSON.stringify({ Successful: [{ Id: "0" }], Failed }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const client = clientOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  onTestFinished(() => {
    client.destroy();
    server.close();
  });
  expect(await remove(client, "http://127.0.0.1/1/trail", ["gone", "stuck"])).toEqual([
    { receipt: "stuck", reason: "InternalError", retry: true },
  ]);
});

test("a long wait ends when it is told to", async () => {
  const { client, queueUrl } = await queue();
  const waiting = receive(client, queueUrl, { waitSeconds: 20, max: 1, signal: AbortSignal.timeout(100) });
  await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
});

test("a queue that does not exist is thrown", async () => {
  const { client, queueUrl } = await queue();
  await expect(receive(client, `${queueUrl}-not`, NOW)).rejects.toThrow();
});
