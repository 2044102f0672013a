import { S3Client } from "@aws-sdk/client-s3";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";

export { publishTemplate } from "../pipeline/publish-template.ts";
export { watch } from "../pipeline/watch.ts";
export { worldOn } from "../pipeline/world.ts";

/**
 * What talks to AWS, in a file of its own, because the SDK takes longer to load than most commands take to run: whoever
 * needs it imports this when it is needed. Region, credentials and endpoints are the SDK's own to find.
 */
export function awsClients() {
  return { s3: new S3Client({ followRegionRedirects: true }), sns: new SNSClient(), sqs: new SQSClient() };
}
