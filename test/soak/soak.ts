import { readdir } from "node:fs/promises";
import { take } from "../../examples/live/inbox.ts";
import { waitingIn } from "../../examples/live/stack.ts";
import { dice } from "../../src/simulate/dice.ts";
import { DAY_MS } from "../../examples/vendor/estate.ts";
import type { Alert } from "../../src/alerts/alert.ts";
import type { TenantAlert } from "../../src/alerts/redact.ts";
import { quarantinedObject } from "../../src/pipeline/quarantine.ts";
import { fileNameOf } from "../../src/stores/quarantine/quarantine.ts";
import { startCrew, type Crew } from "./crew.ts";
import { longTrail } from "./estate.ts";
import { alertsOf } from "./expected.ts";
import { worstGrowth } from "./growth.ts";
import { compare, type Heard } from "./hearing.ts";
import { mailOf, type Mail } from "./mail.ts";
import { noToll, type Toll } from "./misfortune.ts";
import { calmly, drained, poster, underFire } from "./nemesis.ts";
import { openStage, type Stage } from "./stage.ts";

/** How large a soak is. */
export interface SoakOptions {
  readonly seed: number;
  readonly events: number;
  readonly kills: number;
  /** The time after the last kill in which requests still go wrong and the rest is sent, so that some workers live long. */
  readonly calmMs: number;
}

/** What it came to. */
export interface Soaked extends Heard {
  readonly events: number;
  readonly messages: number;
  readonly alerts: number;
  readonly kills: number;
  /** Of these, at a moment when messages were in a worker's hand. */
  readonly killsAtWork: number;
  /** Messages that were dealt with only when nothing went wrong any more. */
  readonly afterHealing: number;
  readonly toll: Toll;
  /** What the pipeline had to try again after the SDK had given up. */
  readonly again: number;
  /** Of what can never be read: missing in the quarantine, and in it without reason. */
  readonly unkept: number;
  readonly keptInVain: number;
  readonly deadLetters: number;
  /** Why the pipeline came to no end, or a worker came to its own; null: it did, and none. */
  readonly stuck: string | null;
  /** Of a worker's memory, as a share; null where no worker lived long enough. */
  readonly growth: number | null;
  readonly peakRssBytes: number;
  readonly seconds: number;
}

/** They wait for repeated requests most of the time, so that some more than there are cores are not in each other's way. */
const WORKERS = 4;
/** The share of the messages that is sent while workers are killed. */
const UNDER_FIRE = 0.75;
const DRAIN_MS = 300_000;
/** The trail is over before today, and began when memory still keeps what it held. */
const BEGAN_DAYS_AGO = 30;

/**
 * Sends a trail through the whole live path, while requests go wrong and workers are killed; lets it come to an end
 * without faults; and holds what was heard against what one pass over the trail makes of it.
 */
export async function soak(options: SoakOptions, say: (line: string) => void = () => undefined): Promise<Soaked> {
  const { seed, events } = options;
  const startedMs = performance.now();
  const trail = longTrail(seed, events, (Math.floor(Date.now() / DAY_MS) - BEGAN_DAYS_AGO) * DAY_MS);
  const stage = await openStage(trail);
  try {
    const wanted = await alertsOf(trail.records, stage.settings);
    const mail = mailOf(trail.records, stage.stack.bucket, seed);
    await stage.put(mail.objects);
    say(`${trail.records.length} records, ${mail.letters.length} messages, ${wanted.length} alerts`);
    const run = await throughFire(stage, mail, options, say);
    const { sqs } = stage.stack.clients;
    const soc = await take<Alert>(sqs, stage.soc.queueUrl);
    const tenants = await take<TenantAlert>(sqs, stage.tenants.queueUrl);
    return {
      ...run,
      ...compare(
        wanted,
        soc.map(({ alert }) => alert),
        tenants.map(({ alert }) => alert),
      ),
      ...{ events: trail.records.length, messages: mail.letters.length, alerts: wanted.length, kills: options.kills },
      deadLetters: await waitingIn(stage.stack, stage.stack.trail.deadLetterUrl),
      seconds: (performance.now() - startedMs) / 1000,
    };
  } finally {
    await stage.stop();
  }
}

/** The fire, the calm and the healing. */
async function throughFire(
  stage: Stage,
  { letters, tornObjects }: Mail,
  { seed, kills, calmMs }: SoakOptions,
  say: (line: string) => void,
) {
  const { bucket } = stage.stack;
  const unreadable = new Set(tornObjects.map((key) => quarantinedObject({ bucket, key, region: null }, "").id));
  const deaths: string[] = [];
  const crew = startCrew(WORKERS, { ...stage.places, seed }, (reason) => deaths.push(reason));
  try {
    const post = poster(stage, letters, (id, { poison }) => {
      if (poison) unreadable.add(id);
    });
    const chance = dice(seed, "nemesis");
    const killsAtWork = await underFire(crew, stage, { post, kills, upTo: UNDER_FIRE, chance });
    say(`${kills} kills, ${await waitingIn(stage.stack, stage.places.queueUrl)} messages waiting`);
    await calmly(post, UNDER_FIRE, calmMs);
    crew.heal();
    const afterHealing = await waitingIn(stage.stack, stage.places.queueUrl);
    say(`healed, ${afterHealing} messages waiting`);
    const left = await drained(stage, DRAIN_MS);
    const stuck = [...deaths, ...(left === null ? [] : [left])].join("; ");
    return {
      ...figuresOf(crew),
      ...(await quarantined(stage, unreadable)),
      killsAtWork,
      afterHealing,
      stuck: stuck || null,
    };
  } finally {
    await crew.end();
  }
}

function figuresOf({ lives }: Crew) {
  const toll = noToll();
  for (const life of lives) for (const kind of ["throttled", "failed", "lost"] as const) toll[kind] += life.toll[kind];
  return {
    toll,
    again: lives.reduce((sum, { failures }) => sum + failures, 0),
    growth: worstGrowth(lives),
    peakRssBytes: Math.max(...lives.flatMap(({ samples }) => samples.map(({ rssBytes }) => rssBytes))),
  };
}

/** What is in the quarantine, held against the ids of what is to be there. */
async function quarantined({ places }: Stage, unreadable: ReadonlySet<string>) {
  const names = await readdir(places.quarantine);
  const kept = new Set(names.filter((name) => name.endsWith(".json")));
  const toKeep = new Set([...unreadable].map((id) => `${fileNameOf(id)}.json`));
  return { unkept: toKeep.difference(kept).size, keptInVain: kept.difference(toKeep).size };
}
