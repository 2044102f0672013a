import { S3Client } from "@aws-sdk/client-s3";
import { SNSClient } from "@aws-sdk/client-sns";
import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { startFauxqs } from "fauxqs";

/** A topic, and the queue that subscribes to it as a listener would. */
export interface Feed {
  readonly topicArn: string;
  readonly queueUrl: string;
}

/** SQS, SNS and S3 in this process, spoken to over HTTP by the real SDK. */
export interface Stack {
  readonly endpoint: string;
  readonly clients: { readonly s3: S3Client; readonly sns: SNSClient; readonly sqs: SQSClient };
  /** Where the trail's files lie. */
  readonly bucket: string;
  /** What deputywatch reads. A message that came too often and was not taken goes to the dead letters. */
  readonly trail: { readonly queueUrl: string; readonly deadLetterUrl: string };
  /** Announces files into the trail's queue, wrapped as SNS wraps. */
  readonly announcements: Feed;
  readonly addFeed: (name: string) => Feed;
  readonly stop: () => Promise<void>;
}

/** How the trail's queue treats a message that was not taken. */
export interface Patience {
  /** Until it comes again, in seconds. */
  readonly visibilitySeconds: number;
  /** After so many times it goes to the dead letters. */
  readonly receives: number;
}

/** A demonstration has no time for the usual minutes. */
const SHORT: Patience = { visibilitySeconds: 2, receives: 2 };

/** What the local stack takes, whoever asks. The environment's own credentials are neither needed nor read. */
const NOBODY = { accessKeyId: "local", secretAccessKey: "local" };

export async function startStack({ visibilitySeconds, receives } = SHORT): Promise<Stack> {
  const server = await startFauxqs({ port: 0, host: "127.0.0.1", logger: false });
  const endpoint = `http://127.0.0.1:${server.port}`;
  const client = { endpoint, region: "us-east-1", credentials: NOBODY };
  const clients = {
    s3: new S3Client({ ...client, forcePathStyle: true }),
    sns: new SNSClient(client),
    sqs: new SQSClient(client),
  };
  const queueAt = (name: string, attributes: Record<string, string> = {}) => {
    const { queueArn } = server.createQueue(name, { attributes });
    return { queueArn, queueUrl: `${endpoint}/${queueArn.split(":")[4] ?? ""}/${name}` };
  };
  const dead = queueAt("trail-dead-letters");
  const trail = queueAt("trail", {
    VisibilityTimeout: String(visibilitySeconds),
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.queueArn, maxReceiveCount: receives }),
  });
  const { topicArn } = server.createTopic("trail-files");
  server.subscribe({ topic: "trail-files", queue: "trail" });
  const bucket = "vendor-trail";
  server.createBucket(bucket);
  return {
    endpoint,
    clients,
    bucket,
    trail: { queueUrl: trail.queueUrl, deadLetterUrl: dead.queueUrl },
    announcements: { topicArn, queueUrl: trail.queueUrl },
    addFeed: (name) => {
      const feed = server.createTopic(name);
      const { queueUrl } = queueAt(name);
      server.subscribe({ topic: name, queue: name });
      return { topicArn: feed.topicArn, queueUrl };
    },
    stop: async () => {
      for (const each of Object.values(clients)) each.destroy();
      await server.stop();
    },
  };
}

/** Messages that a queue holds, those in somebody's hand included. */
export async function waitingIn({ clients }: Stack, queueUrl: string): Promise<number> {
  const counts = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"] as const;
  const { Attributes = {} } = await clients.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: [...counts] }),
  );
  return counts.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
}
