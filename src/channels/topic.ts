import { DeleteTopicCommand, NotFoundException, SNSClient } from "@aws-sdk/client-sns";
import { parseArn } from "../trail/arn.ts";

/** Deletes a topic with all its subscriptions, in its own region; one that is gone already is no failure. */
export async function deleteTopic(topicArn: string): Promise<void> {
  const region = parseArn(topicArn)?.region;
  const sns = new SNSClient(region === undefined ? {} : { region });
  try {
    await sns.send(new DeleteTopicCommand({ TopicArn: topicArn }));
  } catch (error) {
    if (!(error instanceof NotFoundException)) throw error;
  } finally {
    sns.destroy();
  }
}
