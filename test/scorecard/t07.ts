import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { settingsIn, type Papers } from "../../examples/live/papers.ts";
import { DAY_MS } from "../../examples/vendor/estate.ts";
import type { Alert } from "../../src/alerts/alert.ts";
import { growthOf } from "../../src/alerts/growth.ts";
import { ingest, type Message } from "../../src/pipeline/ingest.ts";
import type { Settings } from "../../src/pipeline/settings.ts";
import { findFiles, fileDocument } from "../../src/sources/directory.ts";
import type { Document } from "../../src/sources/source.ts";
import { memoryOutbox } from "../../src/stores/outbox/memory.ts";
import type { Outbox } from "../../src/stores/outbox/outbox.ts";
import { alertsIn } from "../sim/story.ts";
import { longTrail } from "../soak/estate.ts";
import { replayed } from "../soak/expected.ts";
import { sized, type ScorecardTest } from "./card.ts";
import { worldFor } from "./live-world.ts";
import { twoPaths, type TwoPaths } from "./two-paths.ts";

const EVENTS = 100_000;
const BATCH = 10;
/** So long before now that the last of it has arrived. */
const BEGAN_DAYS_AGO = 40;

export const t07: ScorecardTest = {
  id: "T07",
  part: "A",
  title: "What came by two paths, late, twice and not at all by one of them is what a replay of the files tells",
  run: async (sizing) => {
    const { seed } = sizing;
    const trail = longTrail(seed, sized(EVENTS, sizing), (Math.floor(Date.now() / DAY_MS) - BEGAN_DAYS_AGO) * DAY_MS);
    const paths = twoPaths(trail.records, seed);
    const folder = await mkdtemp(join(tmpdir(), "replayed-"));
    try {
      const settings = await settingsFor(folder, trail);
      const alerts = await replayed(await filed(join(folder, "trail"), paths), settings);
      const live = await lived(paths, settings);
      const [wanted, told] = [byId(alerts), byId(live.alerts)];
      const bytes = differingBytes(wanted, told);
      const behind = alerts.filter((alert) => live.reached.get(alert.id) !== growthOf(alert)).length;
      const astray = await differingWithoutFiles(paths, settings, alerts);
      const failed = bytes > 0 || behind > 0 || live.again > 0 || live.failed > 0;
      return {
        verdict: failed ? "FAIL" : astray > 0 ? "PASS" : "VACUOUS",
        figure: failed ? bytes : paths.lostEvents,
        unit: failed ? "bytes" : "recovered",
        detail:
          `${trail.records.length} events in ${paths.messages.length} messages, ${alerts.length} alerts: ${bytes} bytes ` +
          `differ from the replay's, ${behind} were told before they were whole, ${live.failed} messages failed, ` +
          `${live.again} alerts grew when all files came again; EventBridge lost ${paths.lostEvents} events that S3 ` +
          `brought, and without S3 ${astray} alerts would have been others`,
      };
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};

function settingsFor(folder: string, papers: Papers): Promise<Settings> {
  const arnOf = (name: string): string => `arn:aws:sns:us-east-1:999988887777:${name}`;
  return settingsIn(folder, papers, { socArn: arnOf("soc"), arnOf });
}

async function filed(folder: string, { files }: TwoPaths): Promise<readonly Document[]> {
  for (const { key, body } of files) {
    await mkdir(dirname(join(folder, key)), { recursive: true });
    await writeFile(join(folder, key), body);
  }
  return (await findFiles(folder)).files.map((path) => fileDocument(path));
}

interface Lived {
  /** As they are in the end. */
  readonly alerts: readonly Alert[];
  /** How far each had grown when all had come, by id. */
  readonly reached: ReadonlyMap<string, number>;
  /** How many grew when the files came once more. */
  readonly again: number;
  readonly failed: number;
}

/**
 * The live path over the messages, ten at a time, and over all files' notifications once more: after that, every alert
 * was announced, though not told, as memory holds it in the end.
 */
async function lived({ files, messages, again }: TwoPaths, settings: Settings): Promise<Lived> {
  const latest = new Map<string, Alert>();
  const outbox = memoryOutbox();
  const heard: Outbox = {
    ...outbox,
    announce: (list) => {
      for (const { alert } of list) latest.set(alert.id, alert);
      return outbox.announce(list);
    },
  };
  const world = { ...worldFor(settings, new Map(files.map(({ key, body }) => [key, body]))), outbox: heard };
  let failed = 0;
  const take = async (some: readonly Message[], now: () => number): Promise<void> => {
    failed += (await ingest(some, { ...world, now })).failed.length;
  };
  for (let at = 0; at < messages.length; at += BATCH) {
    const some = messages.slice(at, at + BATCH);
    await take(some, () => some.at(-1)!.sentMs);
  }
  const reached = await reachedIn(outbox);
  for (let at = 0; at < again.length; at += BATCH) await take(again.slice(at, at + BATCH), Date.now);
  const after = await reachedIn(outbox);
  const grown = [...after].filter(([id, point]) => reached.get(id) !== point).length;
  return { alerts: [...latest.values()], reached, again: grown, failed };
}

async function reachedIn(outbox: Outbox): Promise<ReadonlyMap<string, number>> {
  const { entries } = await outbox.pending({ after: null, limit: Infinity });
  return new Map(entries.map(({ id, reached }) => [id, reached]));
}

/** How many alerts EventBridge alone would have made otherwise, or not made. */
async function differingWithoutFiles(
  { events }: TwoPaths,
  settings: Settings,
  alerts: readonly Alert[],
): Promise<number> {
  const without = await alertsIn(events, settings);
  return alerts.filter((alert) => without.get(alert.id)?.bytes !== JSON.stringify(alert)).length;
}

/** Whether an alert came late is told of its messages, which a replay has not. */
function byId(alerts: readonly Alert[]): string {
  const sorted = alerts.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return JSON.stringify(sorted.map((alert) => ({ ...alert, late: undefined })));
}

function differingBytes(one: string, other: string): number {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.reduce((sum, byte, at) => sum + (byte === b[at] ? 0 : 1), Math.max(0, b.length - a.length));
}
