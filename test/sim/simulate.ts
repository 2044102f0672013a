import { dice } from "../../src/simulate/dice.ts";
import { alertOf } from "../../src/pipeline/alert-of.ts";
import { asRemembered } from "../../src/pipeline/judge.ts";
import { dynamoStore } from "../../src/stores/dynamodb/store.ts";
import { memoryOutbox } from "../../src/stores/outbox/memory.ts";
import { memoryQuarantine } from "../../src/stores/quarantine/memory.ts";
import { memoryTable } from "../stores/memory-table.ts";
import { fateOf, startProcess, throughFaults, type Fate, type Odds, type Toll } from "./faults.ts";
import { delivering, ingesting, type Shared, type Work } from "./processes.ts";
import { simQueue } from "./queue.ts";
import { scheduler, type Scheduler } from "./scheduler.ts";
import { HOUR_MS, MINUTE_MS, START_MS, type Library, type Story } from "./story.ts";

/** What a simulation came to. Nothing lost, nothing invented, nothing stuck: the three lists are empty. */
export interface Outcome {
  /** Alerts that a channel of the SOC never heard. */
  readonly lost: readonly string[];
  /** Alerts that were told and that no event makes. */
  readonly ghosts: readonly string[];
  /** What had not drained two hours after everything was healed. */
  readonly stuck: readonly string[];
  /** Alerts whose evidence in memory is not, byte for byte, what one pass over all events makes. */
  readonly differing: readonly string[];
  /** Messages that nobody can read and that were not set aside, and readable ones that were. */
  readonly misplaced: readonly string[];
  readonly wanted: number;
  readonly sends: number;
  readonly toll: Toll;
  readonly endMs: number;
}

export interface Plan {
  readonly workers: number;
  readonly notifiers: number;
  readonly batch: number;
  readonly healAfterMs: number;
  /** Null: drawn from the seed. */
  readonly odds: Odds | null;
  /** Takes the dice's place. */
  readonly fate: Fate | null;
  readonly outages: Parameters<typeof fateOf>[4];
  readonly maxReceives: number;
}

/** Faults end at three fifths of the deliveries' time; a message may come for six hours before it is a dead letter. */
export const PLAN: Plan = {
  workers: 3,
  notifiers: 2,
  batch: 5,
  healAfterMs: 3 * HOUR_MS,
  odds: null,
  fate: null,
  outages: [],
  maxReceives: 1000,
};

const VISIBILITY_MS = 3 * MINUTE_MS;
const PATIENCE_MS = 2 * HOUR_MS;

/** Plays a story through the production pipeline in a world that fails by the seed's dice and heals in the end. */
export async function simulate(
  seed: number,
  story: Story,
  { settings }: Library,
  changes: Partial<Plan> = {},
): Promise<Outcome> {
  const plan = { ...PLAN, ...changes };
  const time = scheduler(START_MS);
  const chance = dice(seed, "misfortune");
  const toll: Toll = { steps: 0, crashes: 0, refusals: 0, answersLost: 0 };
  const odds = plan.odds ?? oddsOf(seed);
  const healedMs = START_MS + plan.healAfterMs;
  const fate = plan.fate ?? fateOf(chance, odds, time.now, healedMs, plan.outages);
  const queue = simQueue(time.now, chance, { visibilityMs: VISIBILITY_MS, maxReceives: plan.maxReceives });
  for (const { id, body, atMs } of story.sent) queue.send(id, body, atMs);
  const [table, outbox] = [memoryTable(), memoryOutbox()];
  const quarantine = memoryQuarantine();
  const heard = { soc: new Map<string, number>(), pager: new Map<string, number>(), feed: new Map<string, number>() };
  const channelTo = (name: string, into: Map<string, number>) => ({
    name,
    send: ({ id }: { readonly id: string }) => {
      into.set(id, (into.get(id) ?? 0) + 1);
      return Promise.resolve();
    },
  });
  const random = (): number => chance.below(1000) / 1000;
  let ended = false;

  const running = (work: Work): void => {
    const process = startProcess(() => {
      void time.sleep(5_000 + chance.below(30_000)).then(() => {
        if (!ended) running(work);
      });
    });
    const alone = async (ms: number): Promise<void> => {
      await time.sleep(ms);
      if (process.isDead() || ended) await new Promise(() => undefined);
    };
    void (async () => {
      for (;;) {
        await work(process, alone).catch(() => undefined);
        await alone(1000);
      }
    })();
  };

  const shared: Shared = {
    ...{ settings, table, outbox, quarantine, queue, random },
    objects: story.objects,
    channels: {
      soc: [channelTo("soc", heard.soc), channelTo("pager", heard.pager)],
      feedOf: (tenant) => channelTo(`tenant ${tenant}`, heard.feed),
    },
    now: time.now,
    through: (process, target, label) => throughFaults(target, label, { process, fate, time, toll }),
  };
  for (let n = 0; n < plan.workers; n++) running(ingesting(shared, plan.batch));
  for (let n = 0; n < plan.notifiers; n++) running(delivering(shared));
  let drained = false;
  running(async (_, sleep) => {
    for (;;) {
      await sleep(30_000);
      const { entries } = await outbox.pending({ after: null, limit: 1 });
      drained = queue.size() === 0 && entries.length === 0;
    }
  });
  const lastMs = Math.max(healedMs, ...story.sent.map(({ atMs }) => atMs));
  const inTime = await time.run(() => drained, lastMs + PATIENCE_MS);
  ended = true;

  const { entries } = await outbox.pending({ after: null, limit: 1000 });
  const wanted = [...story.wanted.keys()];
  const poison = new Set(story.sent.filter((sent) => sent.poison).map(({ id }) => id));
  return {
    lost: wanted.filter((id) => !heard.soc.has(id) || !heard.pager.has(id)),
    ghosts: [...heard.soc.keys()].filter((id) => !story.wanted.has(id)),
    stuck: inTime ? [] : [`${queue.size()} messages`, ...entries.map(({ id }) => `alert ${id}`)],
    differing: [...story.miscounted, ...(await differing(story, settings, table, time))],
    misplaced: [
      ...[...poison].filter((id) => !quarantine.kept.has(id)).map((id) => `${id} not quarantined`),
      ...[...quarantine.kept.keys()].filter((id) => !poison.has(id)).map((id) => `${id} quarantined`),
      ...queue.deadLetters().map((id) => `${id} among the dead letters`),
    ],
    wanted: wanted.length,
    sends: [...heard.soc.values()].reduce((sum, times) => sum + times, 0),
    toll,
    endMs: time.now() - START_MS,
  };
}

/** Some seeds are rough, some nearly calm. */
function oddsOf(seed: number): Odds {
  const chance = dice(seed, "odds");
  return {
    crash: chance.below(130),
    refused: chance.below(60),
    answerLost: chance.below(60),
    slowestMs: 1 + chance.below(400),
  };
}

/** Reads memory with an empty cache, as a process that has just been started, and holds it against the one pass. */
async function differing(
  story: Story,
  settings: Library["settings"],
  table: ReturnType<typeof memoryTable>,
  time: Scheduler,
): Promise<readonly string[]> {
  const store = dynamoStore({ table, now: time.now, pause: () => Promise.resolve() });
  const found = [...story.wanted.values()].map(({ verdict }) => verdict);
  const said = new Map(
    (await asRemembered(found, store)).map((verdict) => [verdict.id, JSON.stringify(alertOf(verdict, settings))]),
  );
  return [...story.wanted].filter(([id, { bytes }]) => said.get(id) !== bytes).map(([id]) => id);
}
