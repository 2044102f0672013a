import { deliver, type Channels } from "../../src/pipeline/deliver.ts";
import { noFailures } from "../../src/pipeline/destinations.ts";
import { historian } from "../../src/pipeline/historian.ts";
import { ingest } from "../../src/pipeline/ingest.ts";
import type { Settings } from "../../src/pipeline/settings.ts";
import { fullJitter } from "../../src/stores/dynamodb/pause.ts";
import { dynamoStore } from "../../src/stores/dynamodb/store.ts";
import type { Table } from "../../src/stores/dynamodb/table.ts";
import type { Outbox } from "../../src/stores/outbox/outbox.ts";
import type { Quarantine } from "../../src/stores/quarantine/quarantine.ts";
import type { Process } from "./faults.ts";
import type { SimQueue } from "./queue.ts";
import type { Scheduler } from "./scheduler.ts";
import { MINUTE_MS } from "./story.ts";

/** What one process does for as long as it lives; `sleep` ends with it. */
export type Work = (process: Process, sleep: Scheduler["sleep"]) => Promise<void>;

/** What the processes share: a world in which each call of theirs is a step that can go wrong. */
export interface Shared {
  readonly settings: Settings;
  /** What S3 holds, by key. */
  readonly objects: ReadonlyMap<string, Uint8Array>;
  readonly table: Table;
  readonly outbox: Outbox;
  readonly quarantine: Quarantine;
  readonly queue: SimQueue;
  readonly channels: Channels;
  readonly now: () => number;
  readonly random: () => number;
  /** The same object as this process meets it. */
  readonly through: <T extends object>(process: Process, target: T, label: string) => T;
}

/** Takes messages and ingests them, so many at a time, with a memory's cache of its own. */
export function ingesting(shared: Shared, batch: number): Work {
  const { settings, objects, now, random, through } = shared;
  return async (process, sleep) => {
    const s3 = through(process, { get: ({ key }: { readonly key: string }) => objectIn(objects, key) }, "s3");
    const store = dynamoStore({
      table: through(process, shared.table, "table"),
      now,
      pause: fullJitter(sleep, random),
    });
    const world = {
      settings,
      store,
      historian: historian({ ...settings, store }),
      outbox: through(process, shared.outbox, "outbox"),
      quarantine: through(process, shared.quarantine, "quarantine"),
      fetchObject: s3.get,
      now,
    };
    const inbox = through(process, shared.queue, "queue");
    for (;;) {
      const messages = await inbox.receive(batch);
      if (messages.length === 0) await sleep(MINUTE_MS / 2);
      else {
        const { done } = await ingest(messages, world);
        if (done.length > 0) await inbox.remove(done);
      }
    }
  };
}

function objectIn(objects: ReadonlyMap<string, Uint8Array>, key: string) {
  const bytes = objects.get(key);
  return Promise.resolve(
    bytes === undefined
      ? ({ ok: false, reason: "the object does not exist", retry: false } as const)
      : ({ ok: true, bytes } as const),
  );
}

/** Tells what the outbox holds, a pass a minute. */
export function delivering({ outbox, channels, now, random, through }: Shared): Work {
  return async (process, sleep) => {
    const destinations = noFailures();
    const post = {
      outbox: through(process, outbox, "outbox"),
      channels: {
        soc: channels.soc.map((channel) => through(process, channel, channel.name)),
        feedOf: async (tenant: string) => {
          const feed = await channels.feedOf(tenant);
          return feed && through(process, feed, feed.name);
        },
      },
      now,
      random,
      pause: sleep,
      timeLimit: () => new AbortController().signal,
    };
    for (;;) {
      await deliver(post, destinations);
      await sleep(MINUTE_MS);
    }
  };
}
