import type { S3Client } from "@aws-sdk/client-s3";
import type { SNSClient } from "@aws-sdk/client-sns";
import { snsChannel } from "../channels/sns.ts";
import { getObject } from "../sources/s3.ts";
import type { Store } from "../stores/store.ts";
import type { World } from "./ingest.ts";
import type { Channels } from "./notify.ts";
import type { Settings } from "./settings.ts";

/** The live path's world on AWS, real or emulated: the clients decide which. */
export function worldOn(
  clients: { readonly s3: S3Client; readonly sns: SNSClient },
  settings: Settings,
  store: Store,
  now: () => number,
): World {
  return {
    settings,
    store,
    channels: topicsOf(settings, clients.sns),
    fetchObject: (object) => getObject(clients.s3, object),
    now,
  };
}

/** The SOC's topic from the configuration, each tenant's from the registry. */
function topicsOf({ socTopicArn, vendor }: Settings, sns: SNSClient): Channels {
  const feeds = new Map((vendor.registry?.roles ?? []).map(({ tenant, feedTopicArn }) => [tenant, feedTopicArn]));
  return {
    soc: socTopicArn === null ? [] : [snsChannel(sns, socTopicArn, "soc")],
    feedOf: (tenant) => {
      const topicArn = feeds.get(tenant) ?? null;
      return topicArn === null ? null : snsChannel(sns, topicArn, `tenant ${tenant}`);
    },
  };
}
