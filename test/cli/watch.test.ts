import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { CreateTopicCommand, DeleteTopicCommand, SubscribeCommand } from "@aws-sdk/client-sns";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { expect, onTestFinished, test } from "vitest";
import { waitingIn } from "../../examples/live/stack.ts";
import { deliveryFiles, eventBridgeEvent, s3Notification, snsWrapped } from "../../examples/vendor/delivery.ts";
import { PAPERS } from "../../examples/vendor/papers.ts";
import { oddlyNamed, ordinary, scene, stolen, tenantOf, type Scene } from "../handlers/scene.ts";

/** `deputywatch watch` as a user runs it: the environment alone says where AWS is. */
function start({ stack, folder }: Scene, ...flags: readonly string[]): ChildProcess {
  const { endpoint, trail } = stack;
  const args = ["src/cli/main.ts", "watch", "--queue", trail.queueUrl, "--config", join(folder, PAPERS.config)];
  const memory = ["--memory", `sqlite:${join(folder, "memory.db")}`, "--quarantine", join(folder, "quarantine")];
  const child = spawn(process.execPath, [...args, ...memory, ...flags], {
    env: {
      PATH: process.env.PATH,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
      AWS_ENDPOINT_URL_SQS: endpoint,
      AWS_ENDPOINT_URL_SNS: endpoint,
      AWS_ENDPOINT_URL_S3: endpoint,
    },
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  return child;
}

async function ended(child: ChildProcess): Promise<{ code: unknown; out: string; err: string }> {
  const closed: Promise<readonly unknown[]> = once(child, "close");
  const [[code], out, err] = await Promise.all([closed, text(child.stdout!), text(child.stderr!)]);
  return { code, out, err };
}

async function send({ stack }: Scene, body: unknown): Promise<void> {
  const MessageBody = typeof body === "string" ? body : JSON.stringify(body);
  await stack.clients.sqs.send(new SendMessageCommand({ QueueUrl: stack.trail.queueUrl, MessageBody }));
}

test("it takes what the queue holds, tells the SOC and the tenants, and ends when nothing more comes", async () => {
  const here = await scene();
  const [file] = deliveryFiles([oddlyNamed]);
  await here.put(file!.key, file!.body);
  await send(here, s3Notification(here.stack.bucket, file!.key));
  await send(here, snsWrapped(JSON.stringify(eventBridgeEvent(stolen))));
  await send(here, eventBridgeEvent(ordinary));
  expect(await ended(start(here, "--until-empty"))).toEqual({
    code: 0,
    out: "",
    err: "3 messages, 3 AssumeRole calls, 4 notifications sent, 0 quarantined, 0 messages left, 0 alerts left to tell\n",
  });
  expect((await here.socHeard()).map(({ detector }) => detector).sort()).toEqual([
    "source-outside-ranges",
    "unusual-session-name",
  ]);
  expect(await here.tenantHeard(tenantOf(oddlyNamed))).toHaveLength(1);
  expect(await waitingIn(here.stack, here.stack.trail.queueUrl)).toBe(0);
});

test("a later run remembers what was told, and says what it put aside", async () => {
  const here = await scene();
  await send(here, eventBridgeEvent(oddlyNamed));
  await ended(start(here, "--until-empty"));
  expect(await here.socHeard()).toHaveLength(1);

  await send(here, { Records: [oddlyNamed] });
  await send(here, "torn {");
  const { code, err } = await ended(start(here, "--until-empty"));
  expect(code).toBe(0);
  const [, id = ""] = /^quarantined: message ([0-9a-f-]{36}): not JSON\n/.exec(err) ?? [];
  expect(await readFile(join(here.folder, "quarantine", `${id}.body`), "utf8")).toBe("torn {");
  expect(err).toMatch(/0 notifications sent, 1 quarantined, 0 messages left, 0 alerts left to tell\n$/);
  expect(await here.socHeard()).toEqual([]);
});

test("an alert that its topic does not take is kept for the next run, and the queue is emptied all the same", async () => {
  const here = await scene();
  const { sns } = here.stack.clients;
  await sns.send(new DeleteTopicCommand({ TopicArn: here.soc.topicArn }));
  await send(here, eventBridgeEvent(oddlyNamed));
  const { code, err } = await ended(start(here, "--until-empty"));
  expect(code).toBe(1);
  expect(err).toMatch(/^failed: channel soc: the topic of channel soc did not take alert dw-[0-9a-f]{32} /);
  expect(err).toMatch(/1 notifications sent, 0 quarantined, 0 messages left, 1 alerts left to tell\n$/);
  expect(await waitingIn(here.stack, here.stack.trail.queueUrl)).toBe(0);

  await sns.send(new CreateTopicCommand({ Name: "soc" }));
  const Endpoint = here.soc.topicArn.replace(":sns:", ":sqs:");
  await sns.send(new SubscribeCommand({ TopicArn: here.soc.topicArn, Protocol: "sqs", Endpoint }));
  expect(await ended(start(here, "--until-empty"))).toMatchObject({ code: 0 });
  expect(await here.socHeard()).toHaveLength(1);
});

test("Ctrl-C ends a run that waits for more, with nothing lost", async () => {
  const here = await scene();
  const child = start(here);
  const result = ended(child);
  await send(here, eventBridgeEvent(stolen));
  await expect.poll(here.socHeard, { timeout: 15_000, interval: 50 }).toHaveLength(1);
  await expect.poll(() => waitingIn(here.stack, here.stack.trail.queueUrl), { interval: 50 }).toBe(0);
  child.kill("SIGINT");
  expect(await result).toMatchObject({
    code: 0,
    err: expect.stringContaining("1 messages, 1 AssumeRole calls") as string,
  });
});

test("a configuration in which nobody would be told is refused before anything is read", async () => {
  const here = await scene();
  await send(here, eventBridgeEvent(stolen));
  await rm(join(here.folder, PAPERS.config));
  await writeFile(join(here.folder, PAPERS.config), "version: 1\n");
  expect(await ended(start(here, "--until-empty"))).toEqual({
    code: 2,
    out: "",
    err: expect.stringMatching(/^error: no alert could be told to anybody\nhint: add channels/) as string,
  });
  expect(await waitingIn(here.stack, here.stack.trail.queueUrl)).toBe(1);
});
