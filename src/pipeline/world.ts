import type { S3Client } from "@aws-sdk/client-s3";
import type { SNSClient } from "@aws-sdk/client-sns";
import { snsChannel } from "../channels/sns.ts";
import { getObject } from "../sources/s3.ts";
import type { Channels } from "./deliver.ts";
import { historian } from "./historian.ts";
import type { World } from "./ingest.ts";
import type { Settings } from "./settings.ts";

/** What outlives a process: memory, what is to be told, what could not be read. */
export type Lasting = Pick<World, "store" | "outbox" | "quarantine">;

/** The live path's world on AWS, real or emulated: the clients decide which. */
export function worldOn(
  clients: { readonly s3: S3Client; readonly sns: SNSClient },
  settings: Settings,
  lasting: Lasting,
  now: () => number,
): World & { readonly channels: Channels } {
  return {
    ...lasting,
    settings,
    historian: historian({ ...settings, store: lasting.store }),
    channels: topicsOn(clients.sns, settings),
    fetchObject: (object) => getObject(clients.s3, object),
    now,
  };
}

/** The SOC's topic from the configuration, each tenant's from the registry. */
export function topicsOn(sns: SNSClient, { socTopicArn, vendor }: Settings): Channels {
  const feeds = new Map((vendor.registry?.roles ?? []).map(({ tenant, feedTopicArn }) => [tenant, feedTopicArn]));
  return {
    soc: socTopicArn === null ? [] : [snsChannel(sns, socTopicArn, "soc")],
    feedOf: (tenant) => {
      const topicArn = feeds.get(tenant) ?? null;
      return topicArn === null ? null : snsChannel(sns, topicArn, `tenant ${tenant}`);
    },
  };
}
