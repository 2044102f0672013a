import type { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import type { Alert } from "../../../src/alerts/alert.ts";

/** An SNS that takes everything, and what each topic was sent: subject, body and attributes as one text a message. */
export interface Listener {
  readonly sns: SNSClient;
  readonly heard: ReadonlyMap<string, readonly string[]>;
}

export function listener(): Listener {
  const heard = new Map<string, string[]>();
  const send = ({ input }: PublishCommand): Promise<object> => {
    const { TopicArn = "", ...message } = input;
    const own = heard.get(TopicArn) ?? [];
    own.push(JSON.stringify(message));
    heard.set(TopicArn, own);
    return Promise.resolve({});
  };
  return { sns: { send } as unknown as SNSClient, heard };
}

/** The alert in a message that a listener heard. */
export function alertIn(message: string): Alert {
  return JSON.parse((JSON.parse(message) as { Message: string }).Message) as Alert;
}
