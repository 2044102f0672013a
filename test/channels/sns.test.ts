import { SNSClient } from "@aws-sdk/client-sns";
import { startFauxqs } from "fauxqs";
import { expect, onTestFinished, test } from "vitest";
import { redactFor } from "../../src/alerts/redact.ts";
import { ndjson } from "../../src/alerts/formats/json.ts";
import type { Alert } from "../../src/alerts/alert.ts";
import { isRefusal } from "../../src/channels/channel.ts";
import { messageOf, SNS_LIMIT_BYTES, snsChannel } from "../../src/channels/sns.ts";
import { alert } from "./alert.ts";

interface Received {
  readonly Subject: string;
  readonly Message: string;
  readonly MessageAttributes: Record<string, { Type: string; Value: string }>;
}

async function topic() {
  const server = await startFauxqs({ port: 0, logger: false });
  const { topicArn } = server.createTopic("soc");
  server.createQueue("inbox");
  server.subscribe({ topic: "soc", queue: "inbox" });
  const client = new SNSClient({
    endpoint: server.address,
    region: "us-east-1",
    maxAttempts: 1,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  onTestFinished(async () => {
    client.destroy();
    await server.stop();
  });
  const received = (): Received[] =>
    server.inspectQueue("inbox")!.messages.ready.map(({ body }) => JSON.parse(body) as Received);
  return { client, channel: snsChannel(client, topicArn, "soc"), received };
}

function bytesOf({ body, attributes }: ReturnType<typeof messageOf>): number {
  const texts = Object.entries(attributes).flatMap(([name, { DataType, StringValue }]) => [
    name,
    DataType!,
    StringValue!,
  ]);
  return Buffer.byteLength(body + texts.join(""));
}

test("a subscriber gets the line that replay prints, with what a filter policy needs beside it", async () => {
  const { channel, received } = await topic();
  await channel.send(alert());
  const [message] = received();
  expect(`${message!.Message}\n`).toBe(ndjson.contentFor([alert()], { columns: 80, colour: false }));
  expect(message!.Subject).toBe("deputywatch critical source-outside-ranges");
  expect(message!.MessageAttributes).toEqual({
    detector: { Type: "String", Value: "source-outside-ranges" },
    severity: { Type: "String", Value: "critical" },
    tenant: { Type: "String", Value: "acme" },
    schemaVersion: { Type: "String", Value: "1" },
  });
});

test("an alert without a tenant has no tenant attribute", async () => {
  const { channel, received } = await topic();
  await channel.send(alert({ tenant: null }));
  expect(Object.keys(received()[0]!.MessageAttributes).sort()).toEqual(["detector", "schemaVersion", "severity"]);
});

test("a tenant's redacted alert goes the same way", async () => {
  const { channel, received } = await topic();
  await channel.send(redactFor(alert(), "acme")!);
  expect(received()[0]!.MessageAttributes.tenant!.Value).toBe("acme");
});

test("a tenant's name with an emoji in it does not cost the alert", () => {
  expect(messageOf(alert({ tenant: "acme 🚀\n" })).attributes.tenant!.StringValue).toBe("acme ??");
});

test("an alert that fits is left whole, to the byte", () => {
  const spare = SNS_LIMIT_BYTES - bytesOf(messageOf(alert({ summary: "" })));
  const full = alert({ summary: "x".repeat(spare) });
  expect(bytesOf(messageOf(full))).toBe(SNS_LIMIT_BYTES);
  expect(JSON.parse(messageOf(full).body)).toEqual(full);
  const over = messageOf(alert({ summary: "x".repeat(spare + 1) }));
  expect(bytesOf(over)).toBeLessThan(SNS_LIMIT_BYTES);
});

test("an alert too large loses the tail of its lists, counted, and never its name", async () => {
  const { channel, received } = await topic();
  const addresses = Array.from({ length: 20_000 }, (_, n) => `2001:db8:bad::${n.toString(16)}`);
  await channel.send(alert({ evidence: { addresses, distinct: 20_000 } }));
  const told = JSON.parse(received()[0]!.Message) as Alert;
  expect(told.evidence.addresses).toEqual([...addresses.slice(0, 50), "19950 more"]);
  expect(told).toEqual({ ...alert(), evidence: { ...told.evidence, distinct: 20_000 } });
});

test.for<[string, Partial<Alert>]>([
  ["a user agent without end", { source: { ...alert().source!, userAgent: "é".repeat(400_000) } }],
  ["escapes that swell", { summary: "\u202e".repeat(200_000) }],
  [
    "a hundred thousand facts",
    { evidence: Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [`fact${n}`, n])) },
  ],
  ["a hundred thousand event ids", { eventIds: Array.from({ length: 100_000 }, (_, n) => `event-${n}`) }],
])("%s: still one message, still the same alert", ([, extra]) => {
  const message = messageOf(alert(extra));
  const { id, detector, severity, tenant, calls, respond } = alert();
  expect(bytesOf(message)).toBeLessThanOrEqual(SNS_LIMIT_BYTES);
  expect(JSON.parse(message.body)).toMatchObject({ id, detector, severity, tenant, calls, respond });
});

test("a topic that does not take the alert is thrown, naming the alert and the cause", async () => {
  const { client } = await topic();
  const nowhere = snsChannel(client, "arn:aws:sns:us-east-1:999988887777:nowhere", "nowhere");
  await expect(nowhere.send(alert())).rejects.toMatchObject({
    message: "the topic of channel nowhere did not take alert dw-0123456789abcdef0123456789abcdef",
    cause: { name: "NotFoundException" },
  });
});

test("a topic that is gone is a lasting refusal, and one that could not be reached is none", async () => {
  const { client, channel } = await topic();
  const gone = snsChannel(client, "arn:aws:sns:us-east-1:000000000000:gone", "soc");
  const isLasting = (error: unknown): boolean => isRefusal(error) && error.permanent === true;
  expect(isLasting(await gone.send(alert()).catch((error: unknown) => error))).toBe(true);
  const ended = await channel.send(alert(), AbortSignal.abort()).catch((error: unknown) => error);
  expect(ended).toMatchObject({ permanent: false, cause: { name: "AbortError" } });
});
