import type { Alert } from "../../src/alerts/alert.ts";
import type { Channel } from "../../src/channels/channel.ts";
import { deliver } from "../../src/pipeline/deliver.ts";
import { noFailures } from "../../src/pipeline/destinations.ts";
import { ingest } from "../../src/pipeline/ingest.ts";
import type { Settings } from "../../src/pipeline/settings.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import type { TrailRecord } from "../../src/simulate/record.ts";
import { DEDUPLICATION } from "./abuse/deduplication.ts";
import { MIDNIGHT_MS, STORY, type Abuse } from "./abuse/stage.ts";
import { SUPPRESSION } from "./abuse/suppression.ts";
import type { ScorecardTest } from "./card.ts";
import { worldFor } from "./live-world.ts";
import { settingsOfEstate } from "./estate-settings.ts";

const LEAST_SCRIPTS = 30;

export const t36: ScorecardTest = {
  id: "T36",
  part: "E",
  title: "no alert passes for one that was told already, nor for one that is suppressed",
  run: async () => {
    const settings = await settingsOfEstate(STORY.estate, MIDNIGHT_MS);
    const scripts = [...DEDUPLICATION, ...SUPPRESSION];
    const outcomes: Played[] = [];
    for (const script of scripts) outcomes.push(await played(script, settings));
    const missed = outcomes.flatMap(({ missed: why }, at) => (why === null ? [] : [`${scripts[at]!.name}: ${why}`]));
    const vacuous = outcomes.flatMap(({ void: why }, at) => (why === null ? [] : [`${scripts[at]!.name}: ${why}`]));
    const enough = vacuous.length === 0 && scripts.length >= LEAST_SCRIPTS;
    return {
      verdict: missed.length > 0 ? "FAIL" : enough ? "PASS" : "VACUOUS",
      figure: scripts.length - missed.length,
      unit: "scripts",
      detail: [`of ${scripts.length}`, ...missed, ...vacuous].join("\n"),
    };
  },
};

interface Played {
  /** Why the real alert was not told, or a suppressed one neither stored nor counted nor sampled once; null: all was. */
  readonly missed: string | null;
  /** Why the script proves nothing; null: it does. */
  readonly void: string | null;
}

/** Each record comes by itself and what it leads to is told at once, to a SOC that then reads it. */
async function played(abuse: Abuse, plain: Settings): Promise<Played> {
  const store = memoryStore();
  const world = { ...worldFor(plain), store };
  const heard: Alert[] = [];
  const counted = new Map<string, number>();
  const send: Channel["send"] = (alert) => {
    heard.push(alert as Alert);
    return Promise.resolve();
  };
  const channels = { soc: [{ name: "soc", send }], feedOf: () => null };
  const come = async (records: readonly TrailRecord[], settings: Settings): Promise<readonly Alert[]> => {
    const before = heard.length;
    for (const record of records) {
      const nowMs = Date.parse(record.eventTime) + (abuse.clockMinutes ?? 0) * 60_000;
      const here = { ...world, settings, now: () => nowMs };
      const message = { id: "m", receives: 1, sentMs: nowMs, body: JSON.stringify({ Records: [record] }) };
      const { failed, suppressed } = await ingest([message], here);
      if (failed.length > 0) throw new Error(`${abuse.name}: ${failed[0]!.reason}`);
      for (const [detector, count] of Object.entries(suppressed))
        counted.set(detector, (counted.get(detector) ?? 0) + count);
      await deliver({ outbox: world.outbox, channels, now: here.now }, noFailures());
    }
    return heard.slice(before);
  };

  const settings = { ...plain, suppressions: abuse.suppressions ?? [] };
  const first = await come(abuse.first, settings);
  const hiddenThen = sum(counted.values());
  const open = first.filter(({ suppressed }) => suppressed === null);
  const cover = hiddenThen > 0 ? "hidden" : open.length > 0 ? "told" : "quiet";
  const then = await come(abuse.then, { ...settings, suppressions: abuse.thenSuppressions ?? settings.suppressions });
  const last = abuse.then.at(-1)!;
  const page = then.find(
    ({ detector, suppressed, eventIds }) =>
      detector === abuse.detector && suppressed === null && eventIds.includes(last.eventID),
  );
  const told = then.map(({ detector, suppressed }) => `${detector}${suppressed === null ? "" : " (sample)"}`);
  return {
    missed: page === undefined ? `told was ${told.join(", ") || "nothing"}` : whyNotKept(abuse, heard, store.cells),
    void: cover === abuse.cover ? null : `what came first was ${cover} and not ${abuse.cover}`,
  };
}

/** What was suppressed is among what memory holds, and the SOC saw one sample of it. */
function whyNotKept(abuse: Abuse, heard: readonly Alert[], cells: ReadonlyMap<string, unknown>): string | null {
  if (abuse.cover !== "hidden") return null;
  const samples = heard.filter(({ suppressed }) => suppressed !== null);
  const own = samples.filter(({ detector }) => detector === "source-outside-ranges");
  if (own.length !== 1) return `${own.length} samples were told of what was suppressed`;
  return samples.every(({ id }) => cells.has(`alert/${id}`)) ? null : "what was suppressed is not stored";
}

function sum(numbers: Iterable<number>): number {
  return [...numbers].reduce((total, number) => total + number, 0);
}
