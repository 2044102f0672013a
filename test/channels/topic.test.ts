import { CreateTopicCommand, ListTopicsCommand, SNSClient } from "@aws-sdk/client-sns";
import { startFauxqs } from "fauxqs";
import { expect, onTestFinished, test, vi } from "vitest";
import { deleteTopic } from "../../src/channels/topic.ts";

test("a topic is deleted in its own region, and one that is gone already is no failure", async () => {
  const server = await startFauxqs({ port: 0, logger: false });
  vi.stubEnv("AWS_ENDPOINT_URL_SNS", `http://127.0.0.1:${server.port}`);
  vi.stubEnv("AWS_ACCESS_KEY_ID", "local");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "local");
  const sns = new SNSClient({ region: "us-east-1" });
  onTestFinished(async () => {
    sns.destroy();
    vi.unstubAllEnvs();
    await server.stop();
  });
  const { TopicArn = "" } = await sns.send(new CreateTopicCommand({ Name: "feed-7f3a" }));
  await deleteTopic(TopicArn);
  expect((await sns.send(new ListTopicsCommand({}))).Topics ?? []).toEqual([]);
  await deleteTopic(TopicArn);
});
