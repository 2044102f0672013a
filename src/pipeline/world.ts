import type { S3Client } from "@aws-sdk/client-s3";
import type { SNSClient } from "@aws-sdk/client-sns";
import { snsChannel } from "../channels/sns.ts";
import type { Renewal } from "../config/load.ts";
import { getObject } from "../sources/s3.ts";
import type { CustomerRole } from "../tenants/tenant.ts";
import type { Call } from "../trail/call.ts";
import type { Channels } from "./deliver.ts";
import { historian } from "./historian.ts";
import type { Present, World } from "./ingest.ts";
import { liveSettings, type LiveSettings } from "./live-settings.ts";
import type { Settings } from "./settings.ts";

/** What outlives a process: memory, what is to be told, what could not be read. */
export type Lasting = Pick<World, "store" | "outbox" | "quarantine">;

/**
 * The live path's world on AWS, real or emulated: the clients decide which. With a `renewal`, the registry is read again
 * while the world is in use.
 */
export function worldOn(
  clients: { readonly s3: S3Client; readonly sns: SNSClient },
  settings: Settings,
  lasting: Lasting,
  now: () => number,
  renewal: Renewal | null = null,
): World & { readonly channels: Channels } {
  const live = liveSettings(settings, renewal, now);
  const judgedBy = (some: Settings): Present => ({
    settings: some,
    historian: historian({ ...some, store: lasting.store }),
  });
  let known = judgedBy(settings);
  return {
    ...lasting,
    ...known,
    ...(renewal !== null && {
      present: async (calls: readonly Call[]) => {
        const some = await live.forCalls(calls);
        // Whoever knows the past knows it by one registry.
        if (some !== known.settings) known = judgedBy(some);
        const staleRegistry = live.problem();
        return staleRegistry === null ? known : { ...known, staleRegistry };
      },
    }),
    channels: topicsOn(clients.sns, live),
    fetchObject: (object) => getObject(clients.s3, object),
    now,
  };
}

/** The SOC's topic from the configuration, each tenant's from the registry as it is by then. */
export function topicsOn(sns: SNSClient, live: LiveSettings): Channels {
  const { socTopicArn } = live.settings();
  let known: { readonly of: Settings; readonly feeds: ReadonlyMap<string, string> } | undefined;
  const feedsBy = (of: Settings): ReadonlyMap<string, string> => {
    if (known?.of !== of) known = { of, feeds: new Map(of.vendor.registry?.roles.flatMap(feed) ?? []) };
    return known.feeds;
  };
  return {
    soc: socTopicArn === null ? [] : [snsChannel(sns, socTopicArn, "soc")],
    feedOf: async (tenant) => {
      const topicArn = feedsBy(await live.forTenant(tenant)).get(tenant);
      return topicArn === undefined ? null : snsChannel(sns, topicArn, `tenant ${tenant}`);
    },
  };
}

function feed({ tenant, feedTopicArn }: CustomerRole): readonly (readonly [string, string])[] {
  return feedTopicArn === null ? [] : [[tenant, feedTopicArn]];
}
