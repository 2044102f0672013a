import { CreateTopicCommand, DeleteTopicCommand, SubscribeCommand } from "@aws-sdk/client-sns";
import { expect, test } from "vitest";
import { eventBridgeEvent } from "../../examples/vendor/delivery.ts";
import { notifyFrom } from "../../handlers/notify.ts";
import type { Post } from "../../src/pipeline/deliver.ts";
import { ingest } from "../../src/pipeline/ingest.ts";
import { lambda, message, oddlyNamed, scene, stolen, tenantOf } from "./scene.ts";

function handlerOf(world: Post) {
  const said: unknown[] = [];
  const handler = notifyFrom(
    () => Promise.resolve(world),
    (line) => said.push(JSON.parse(line)),
  );
  return { handler, said };
}

test("the timer tells what waits, and a second one has nothing to tell and nothing to say", async () => {
  const here = await scene();
  await ingest([message(eventBridgeEvent(oddlyNamed))], here.world);
  const { handler, said } = handlerOf(here.world);
  await handler({}, lambda());
  await handler({}, lambda());
  expect(said).toEqual([{ sent: 2, failed: [], left: 0, dead: [] }]);
  expect(await here.socHeard()).toHaveLength(1);
  expect(await here.tenantHeard(tenantOf(oddlyNamed))).toHaveLength(1);
});

test("a deleted topic is reported as dead, its alerts wait, and the tenants hear theirs", async () => {
  const here = await scene();
  const { sns } = here.stack.clients;
  let nowMs = 0;
  await ingest([message(eventBridgeEvent(oddlyNamed))], here.world);
  await sns.send(new DeleteTopicCommand({ TopicArn: here.soc.topicArn }));
  const { handler, said } = handlerOf({ ...here.world, now: () => nowMs });
  await handler({}, lambda());
  const dead = [{ channel: "soc", reason: expect.stringContaining("the topic of channel soc did not take") as string }];
  expect(said.at(-1)).toMatchObject({ left: 1, dead });
  expect(await here.tenantHeard(tenantOf(oddlyNamed))).toHaveLength(1);

  await sns.send(new CreateTopicCommand({ Name: "soc" }));
  const Endpoint = here.soc.topicArn.replace(":sns:", ":sqs:");
  await sns.send(new SubscribeCommand({ TopicArn: here.soc.topicArn, Protocol: "sqs", Endpoint }));
  await handler({}, lambda());
  expect(await here.socHeard()).toEqual([]);
  nowMs += 3_600_000;
  await handler({}, lambda());
  expect(said.at(-1)).toEqual({ sent: 1, failed: [], left: 0, dead: [] });
  expect(await here.socHeard()).toHaveLength(1);
});

test("near the end of its time the function sends nothing more and leaves the rest to the next", async () => {
  const here = await scene();
  await ingest([message(eventBridgeEvent(oddlyNamed)), message(stolen, { id: "message-1" })], here.world);
  let nowMs = 0;
  const { soc, feedOf } = here.world.channels;
  const [topic] = soc;
  const slow = {
    name: "soc",
    send: (...told: Parameters<(typeof topic & object)["send"]>) => ((nowMs += 900), topic!.send(...told)),
  };
  const { handler, said } = handlerOf({ ...here.world, now: () => nowMs, channels: { soc: [slow], feedOf } });
  await handler({}, lambda(1_000));
  expect(said).toEqual([{ sent: 1, failed: [], left: 2, dead: [] }]);
  await handler({}, lambda(100_000));
  expect(said.at(-1)).toMatchObject({ left: 0 });
});
