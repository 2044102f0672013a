import type { Channels } from "../../src/pipeline/deliver.ts";
import type { World } from "../../src/pipeline/ingest.ts";
import type { Settings } from "../../src/pipeline/settings.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { memoryOutbox } from "../../src/stores/outbox/memory.ts";
import { memoryQuarantine } from "../../src/stores/quarantine/memory.ts";
import type { Quarantined } from "../../src/stores/quarantine/quarantine.ts";
import { START_MS } from "../sim/story.ts";

/** A world in memory where nothing goes wrong; `kept` is its quarantine. */
export function worldFor(
  settings: Settings,
  objects: ReadonlyMap<string, Uint8Array> = new Map(),
): World & { readonly kept: ReadonlyMap<string, Quarantined> } {
  const quarantine = memoryQuarantine();
  return {
    settings,
    quarantine,
    kept: quarantine.kept,
    store: memoryStore(),
    outbox: memoryOutbox(),
    fetchObject: ({ key }) => {
      const bytes = objects.get(key);
      return Promise.resolve(
        bytes === undefined ? { ok: false, reason: "the object does not exist", retry: false } : { ok: true, bytes },
      );
    },
    now: () => START_MS,
  };
}

/** One channel of the SOC that counts what it is told. */
export function collector(): {
  readonly channels: Channels;
  readonly ids: ReadonlySet<string>;
  readonly sends: () => number;
} {
  const ids = new Set<string>();
  let sends = 0;
  const soc = {
    name: "soc",
    send: ({ id }: { readonly id: string }) => {
      ids.add(id);
      sends++;
      return Promise.resolve();
    },
  };
  return { channels: { soc: [soc], feedOf: () => null }, ids, sends: () => sends };
}
