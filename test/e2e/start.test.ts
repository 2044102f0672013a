import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { prove, type Heard } from "../../examples/live/proof.ts";
import { eventBridgeEvent } from "../../examples/vendor/delivery.ts";
import type { Alert } from "../../src/alerts/alert.ts";
import { redactFor } from "../../src/alerts/redact.ts";
import { alert } from "../channels/alert.ts";
import { later, SAMPLE, stolen } from "../handlers/scene.ts";

/** Credentials, profiles and endpoints that would lead astray whoever heeded them. */
const MISLEADING = {
  AWS_ACCESS_KEY_ID: "AKIAEXAMPLE",
  AWS_SECRET_ACCESS_KEY: "example",
  AWS_PROFILE: "no-such-profile",
  AWS_ENDPOINT_URL: "http://127.0.0.1:9",
  AWS_REGION: "eu-central-1",
};

async function start(...flags: readonly string[]): Promise<{ readonly child: ChildProcess; readonly folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), "start-"));
  const child = spawn(process.execPath, ["examples/live.ts", ...flags], {
    env: { PATH: process.env.PATH, TMPDIR: folder, ...MISLEADING },
  });
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await rm(folder, { recursive: true });
  });
  return { child, folder };
}

async function exitCode(child: ChildProcess): Promise<unknown> {
  const closed: readonly unknown[] = await once(child, "close");
  return closed[0];
}

/** Ten times what it takes where nothing else runs, in milliseconds. */
const PATIENT = { timeout: 180_000 };

test("the demonstration finds all, tells nobody too much, and leaves nothing behind", PATIENT, async () => {
  const { child, folder } = await start();
  const [code, out, err] = await Promise.all([exitCode(child), text(child.stdout!), text(child.stderr!)]);
  expect([code, err]).toEqual([0, ""]);
  expect(out).toMatch(/found +5 of 5 anomalies, \d consequences of them, 0 false alarms/);
  expect(out).toMatch(/0 secrets in \d\d messages, 0 messages to the wrong tenant/);
  expect(out).toMatch(/1 torn message, 1 in quarantine, 0 dead letters, 0 failures/);
  expect(out).not.toContain("\u001b");
  expect(await readdir(folder)).toEqual([]);
});

test("kept running, it judges what is sent to it, until Ctrl-C", PATIENT, async () => {
  const { child, folder } = await start("--keep");
  let out = "";
  child.stdout!.setEncoding("utf8").on("data", (some: string) => {
    out += some;
  });
  await expect.poll(() => out, { timeout: 120_000, interval: 100 }).toMatch(/bucket .+\n/);
  const QueueUrl = /http:\/\/\S+\/trail\b/.exec(out)![0];
  const credentials = { accessKeyId: "any", secretAccessKey: "any" };
  const sqs = new SQSClient({ endpoint: new URL(QueueUrl).origin, region: "us-east-1", credentials });
  const told = out.length;
  const MessageBody = JSON.stringify(eventBridgeEvent(later(stolen, -86_400)));
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  await expect.poll(() => out.slice(told), { timeout: 30_000, interval: 100 }).toContain("203.0.113.9");
  sqs.destroy();
  child.kill("SIGINT");
  expect(await exitCode(child)).toBe(0);
  expect(await readdir(folder)).toEqual([]);
});

/** Alerts as labelled, none of them real. */
function socHeard(labels: readonly { detector: string; tenant: string | null }[]): Heard["soc"] {
  return labels.map((label, at) => received(alert({ ...label, id: `dw-${at}` })));
}

function received<T>(told: T) {
  return { alert: told, body: JSON.stringify({ Message: JSON.stringify(told) }), atMs: 0 };
}

let complete: Heard["soc"];
beforeAll(() => {
  complete = socHeard([...SAMPLE.expected, ...SAMPLE.consequences]);
});

test("the proof holds where everything expected was told, and everything told was expected", () => {
  expect(prove(SAMPLE, { soc: complete, tenants: new Map() }).faults).toEqual([]);
});

test("an anomaly that was not told is a fault", () => {
  const { faults } = prove(SAMPLE, { soc: complete.slice(1), tenants: new Map() });
  expect(faults).toEqual(["human-operator was not told"]);
});

test("an alert that nobody expected is a fault", () => {
  const more = received(alert({ detector: "trail-tampering", tenant: null }));
  const { faults } = prove(SAMPLE, { soc: [...complete, more], tenants: new Map() });
  expect(faults).toEqual([expect.stringMatching(/^trail-tampering .+ is a false alarm$/)]);
});

test("a tenant that reads of another, by name, account or role, is a fault", () => {
  const [own, other] = SAMPLE.customers;
  const about = (extra: Partial<Alert>) => received(redactFor(alert({ tenant: own!.tenant, ...extra }), own!.tenant)!);
  const faultsOf = (extra: Partial<Alert>) =>
    prove(SAMPLE, { soc: complete, tenants: new Map([[own!.tenant, [about(extra)]]]) }).faults;
  expect(faultsOf({ account: own!.account })).toEqual([]);
  expect(faultsOf({ account: other!.account })).toEqual(["1 messages told a tenant of another"]);
  expect(faultsOf({ title: `Seen in ${other!.role.arn}` })).toEqual(["1 messages told a tenant of another"]);
});

test("a published external ID or session token is a fault", () => {
  const [first, ...rest] = complete;
  const leak = received({ ...first!.alert, summary: `with ${SAMPLE.customers[0]!.externalId}` });
  expect(prove(SAMPLE, { soc: [leak, ...rest], tenants: new Map() }).faults).toEqual(["1 secrets were published"]);
});
