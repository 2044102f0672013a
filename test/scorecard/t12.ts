import { dice, type Dice } from "../../src/simulate/dice.ts";
import type { Alert } from "../../src/alerts/alert.ts";
import { refusal } from "../../src/channels/channel.ts";
import { deliver } from "../../src/pipeline/deliver.ts";
import { noFailures } from "../../src/pipeline/destinations.ts";
import { memoryOutbox } from "../../src/stores/outbox/memory.ts";
import { scheduler, type Scheduler } from "../sim/scheduler.ts";
import { alertsIn, openLibrary, START_MS } from "../sim/story.ts";
import { sized, type ScorecardTest } from "./card.ts";

/** How a place behaves; the dead never take anything. */
type Temper = "throttled" | "busy" | "failing" | "hanging" | "dead";
const TEMPERS: readonly Temper[] = ["throttled", "busy", "failing", "hanging"];

interface Place {
  readonly name: string;
  readonly temper: Temper;
  readonly taken: Map<string, number>;
  freeAtMs: number;
  disturbed: number;
}

/** Takes what it is sent, or fails as its temper is; notes whoever comes back before it said that they may. */
function channelAt(place: Place, time: Scheduler, chance: Dice) {
  return {
    name: place.name,
    send: async ({ id }: Pick<Alert, "id">) => {
      if (time.now() < place.freeAtMs) place.disturbed++;
      await time.sleep(20 + chance.below(80));
      const unlucky = chance.below(2) === 0;
      // Of every other request that is throttled, three attempts of the SDK leave one in eight.
      const throttled = unlucky && chance.below(4) === 0;
      if (place.temper === "dead") throw refusal("gone", { permanent: true });
      if (throttled && place.temper === "throttled") throw refusal("throttled", {});
      if (unlucky && place.temper === "busy") {
        place.freeAtMs = time.now() + 2_000;
        throw refusal("too many requests", { retryAfterMs: 2_000 });
      }
      if (unlucky && place.temper === "failing") throw new Error("internal error");
      if (unlucky && place.temper === "hanging" && chance.below(4) === 0) await new Promise(() => undefined);
      place.taken.set(id, (place.taken.get(id) ?? 0) + 1);
    },
  };
}

export const t12: ScorecardTest = {
  id: "T12",
  part: "A",
  title: "places that throttle, hang, fail or are gone",
  run: async (sizing) => {
    const tenants = Math.max(50, sized(500, sizing));
    const chance = dice(sizing.seed, "places");
    const time = scheduler(START_MS);
    const placeOf = (name: string, temper: Temper): Place => ({
      name,
      temper,
      taken: new Map(),
      freeAtMs: 0,
      disturbed: 0,
    });
    const soc = placeOf("soc", "throttled");
    const feeds = Array.from({ length: tenants }, (_, n) =>
      placeOf(`tenant ${n}`, n % 10 === 0 ? "dead" : TEMPERS[n % TEMPERS.length]!),
    );
    const channels = {
      soc: [channelAt(soc, time, chance)],
      feedOf: (tenant: string) => channelAt(feeds[Number(tenant)]!, time, chance),
    };
    const template = await anAlert();
    const outbox = memoryOutbox();
    const announcedMs = new Map<string, number>();
    const heardMs = new Map<string, number>();
    const socTake = channels.soc[0]!.send;
    channels.soc[0] = {
      name: "soc",
      send: async (alert) => {
        await socTake(alert);
        if (!heardMs.has(alert.id)) heardMs.set(alert.id, time.now());
      },
    };
    const each = 3;
    let [done, idle] = [false, false];
    void (async () => {
      for (let n = 0; n < tenants * each; n++) {
        const id = `dw-${n}`;
        announcedMs.set(id, time.now());
        const alert = { ...template, id, tenant: String(n % tenants) };
        await outbox.announce([{ id, severity: n % 7 === 0 ? "critical" : "medium", reached: 0, alert }]);
        await time.sleep(1_000);
      }
      done = true;
    })();
    void (async () => {
      const known = noFailures();
      const timeLimit = (ms: number): AbortSignal => {
        const limit = new AbortController();
        void time.sleep(ms).then(() => {
          limit.abort();
        });
        return limit.signal;
      };
      const random = (): number => chance.below(1000) / 1000;
      const dead = feeds.filter(({ temper }) => temper === "dead").length;
      for (;;) {
        const { left } = await deliver(
          { outbox, channels, now: time.now, random, timeLimit, pause: time.sleep },
          known,
        );
        idle = done && left <= dead * each;
        await time.sleep(1_000);
      }
    })();
    await time.run(() => idle, START_MS + 24 * 3_600_000);

    const live = feeds.filter(({ temper }) => temper !== "dead");
    const missing = live.filter(({ taken }) => taken.size < each).length + (soc.taken.size < tenants * each ? 1 : 0);
    const sends = [soc, ...live].flatMap(({ taken }) => [...taken.values()]);
    const mean = sends.reduce((sum, times) => sum + times, 0) / sends.length;
    const disturbed = feeds.reduce((sum, place) => sum + place.disturbed, 0);
    const waits = [...heardMs].map(([id, atMs]) => atMs - (announcedMs.get(id) ?? 0)).sort((a, b) => a - b);
    const p99 = (waits[Math.floor(0.99 * waits.length)] ?? Infinity) / 1000;
    const detail = [
      ...(missing > 0 ? [`${missing} live channels did not hear everything`] : []),
      ...(mean > 1.05 ? [`each alert was sent ${mean.toFixed(3)} times`] : []),
      ...(p99 > 30 ? [`the SOC waited ${p99} s at p99`] : []),
      ...(disturbed > 0 ? [`Retry-After was violated ${disturbed} times`] : []),
    ];
    return {
      verdict: detail.length === 0 ? "PASS" : "FAIL",
      figure: Number(p99.toFixed(1)),
      unit: "s",
      detail: [`to the SOC at p99; ${mean.toFixed(3)} sends an alert`, ...detail].join("\n"),
    };
  },
};

async function anAlert(): Promise<Alert> {
  const { wrongs, settings } = await openLibrary();
  const [first] = (
    await alertsIn(
      wrongs[0]!.map(({ text }) => text),
      settings,
    )
  ).values();
  return JSON.parse(first!.bytes) as Alert;
}
