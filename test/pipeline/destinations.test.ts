import { expect, test } from "vitest";
import type { Alert } from "../../src/alerts/alert.ts";
import type { Severity } from "../../src/detectors/detector.ts";
import { refusal, type Channel } from "../../src/channels/channel.ts";
import { deliver, type Post } from "../../src/pipeline/deliver.ts";
import { noFailures } from "../../src/pipeline/destinations.ts";
import { memoryOutbox } from "../../src/stores/outbox/memory.ts";
import { alert } from "../channels/alert.ts";

interface Listener extends Channel {
  readonly heard: string[];
  /** What it answers to the next attempt, and how often it was asked. */
  answer: (id: string) => Promise<void>;
  asked: number;
}

function listener(name: string): Listener {
  const one: Listener = {
    ...{ name, heard: [], asked: 0 },
    answer: () => Promise.resolve(),
    send: async ({ id }) => {
      one.asked++;
      await one.answer(id);
      one.heard.push(id);
    },
  };
  return one;
}

const failing = (error: Error) => (): Promise<void> => Promise.reject(error);

/** A clock that stands still until it is moved, a die that always shows the half, and who listens. */
function post(soc: readonly Listener[] = [listener("soc")], feeds: readonly Listener[] = []) {
  const clock = { ms: 0 };
  const channels = {
    soc,
    feedOf: (tenant: string) => feeds.find(({ name }) => name === `tenant ${tenant}`) ?? null,
  };
  const world: Post = { outbox: memoryOutbox(), channels, now: () => clock.ms, random: () => 0.5 };
  const found = (id: string, extra: Partial<Alert> = {}, severity: Severity = "high") =>
    world.outbox.announce([{ id, severity, reached: 0, alert: alert({ id, severity, suppressed: null, ...extra }) }]);
  return { clock, world, found, soc: soc[0]!, destinations: noFailures() };
}

test("a place that fails is left alone for a random part of a time that doubles, up to five minutes", async () => {
  const { clock, world, found, soc, destinations } = post();
  await found("dw-1");
  soc.answer = failing(new Error("no"));
  const waitsMs: number[] = [];
  for (let n = 0; n < 12; n++) {
    await deliver(world, destinations);
    const { retryAtMs } = destinations.get("soc")!;
    waitsMs.push(retryAtMs - clock.ms);
    clock.ms = retryAtMs - 1;
    await deliver(world, destinations);
    expect(soc.asked).toBe(n + 1);
    clock.ms = retryAtMs;
  }
  expect(waitsMs.slice(0, 4)).toEqual([500, 1_000, 2_000, 4_000]);
  expect(Math.max(...waitsMs)).toBe(150_000);
  soc.answer = () => Promise.resolve();
  expect(await deliver(world, destinations)).toMatchObject({ sent: 1, left: 0 });
  expect(destinations.size).toBe(0);
});

test("a place that says how long to wait is asked no earlier", async () => {
  const { clock, world, found, soc, destinations } = post();
  await found("dw-1");
  soc.answer = failing(refusal("429", { retryAfterMs: 30_000 }));
  await deliver(world, destinations);
  soc.answer = () => Promise.resolve();
  clock.ms = 29_999;
  expect(await deliver(world, destinations)).toMatchObject({ sent: 0, left: 1 });
  clock.ms = 30_000;
  expect(await deliver(world, destinations)).toMatchObject({ sent: 1, left: 0 });
  expect(soc.asked).toBe(2);
});

test("a place that is gone is reported and left alone for an hour, and its alerts stay", async () => {
  const { clock, world, found, soc, destinations } = post();
  await found("dw-1");
  await found("dw-2");
  soc.answer = failing(refusal("the topic is gone", { permanent: true }));
  const dead = [{ channel: "soc", reason: "the topic is gone" }];
  expect(await deliver(world, destinations)).toMatchObject({ sent: 0, left: 2, dead });
  clock.ms = 3_599_999;
  expect(await deliver(world, destinations)).toMatchObject({ failed: [], left: 2, dead });
  expect(soc.asked).toBe(1);
  soc.answer = () => Promise.resolve();
  clock.ms = 3_600_000;
  expect(await deliver(world, destinations)).toMatchObject({ sent: 2, left: 0, dead: [] });
});

test("a place that hangs has failed, and its signal is aborted", async () => {
  const { world, found, soc, destinations } = post();
  await found("dw-1");
  const limits: number[] = [];
  const timeLimit = (ms: number): AbortSignal => (limits.push(ms), AbortSignal.timeout(20));
  let seen: AbortSignal | undefined;
  const hanging: Channel = {
    name: "hanging",
    send: (_, signal) => {
      seen = signal;
      return new Promise(() => undefined);
    },
  };
  const both = { ...world, timeLimit, channels: { ...world.channels, soc: [hanging, soc] } };
  expect(await deliver(both, destinations)).toMatchObject({
    ...{ sent: 1, left: 1 },
    failed: [{ channel: "hanging", id: "dw-1", reason: "no answer within 10 s" }],
  });
  expect(limits).toEqual([10_000, 10_000]);
  expect(seen?.aborted).toBe(true);
});

test("the SOC hears everything before any tenant's feed is asked, and dead feeds hold up no other", async () => {
  const tenants = Array.from({ length: 40 }, (_, n) => `t${n}`);
  const feeds = tenants.map((tenant) => listener(`tenant ${tenant}`));
  const order: string[] = [];
  for (const [n, feed] of feeds.entries()) {
    feed.answer = (id) => {
      order.push(id);
      return n % 10 === 0 ? Promise.reject(new Error("dead")) : Promise.resolve();
    };
  }
  const { world, found, soc, destinations } = post([listener("soc")], feeds);
  soc.answer = (id) => Promise.resolve(void order.push(`soc ${id}`));
  for (let n = 0; n < 250; n++) await found(`dw-${String(n).padStart(3, "0")}`, { tenant: tenants[n % 40]! });
  const pass = await deliver(world, destinations);
  expect(order.slice(0, 250).every((who) => who.startsWith("soc "))).toBe(true);
  expect(pass.failed).toHaveLength(4);
  expect(feeds.map(({ asked }) => asked).filter((asked) => asked === 1)).toHaveLength(4);
  const undeliverable = Array.from({ length: 250 }, (_, n) => n % 40).filter((n) => n % 10 === 0).length;
  expect(pass).toMatchObject({ sent: 250 + 250 - undeliverable, left: undeliverable });
});

test("an alert that a place never takes is tried last, so that the others are told", async () => {
  const { clock, world, found, soc, destinations } = post();
  await found("dw-poison", {}, "critical");
  for (let n = 0; n < 120; n++) await found(`dw-${n}`);
  soc.answer = (id) => (id === "dw-poison" ? Promise.reject(new Error("too odd")) : Promise.resolve());
  for (let n = 0; n < 4; n++) {
    await deliver(world, destinations);
    clock.ms += 300_000;
  }
  expect(soc.heard).toHaveLength(120);
  expect((await deliver(world, destinations)).left).toBe(1);
  soc.answer = () => Promise.resolve();
  clock.ms += 300_000;
  expect(await deliver(world, destinations)).toMatchObject({ sent: 1, left: 0 });
});

test("nothing is begun after the time that a pass has", async () => {
  const { clock, world, found, soc, destinations } = post();
  for (let n = 0; n < 5; n++) await found(`dw-${n}`);
  soc.answer = () => Promise.resolve(void (clock.ms += 10));
  expect(await deliver(world, destinations, { untilMs: 30 })).toMatchObject({ sent: 3, failed: [], left: 2 });
  expect(await deliver(world, destinations)).toMatchObject({ sent: 2, left: 0 });
});

test("an alert that grows while it is told is told again at what it has grown to", async () => {
  const { world, found, soc, destinations } = post();
  await found("dw-1");
  const grown = { id: "dw-1", severity: "high", reached: 2, alert: alert({ id: "dw-1", calls: 4 }) } as const;
  soc.answer = () => world.outbox.announce([grown]);
  expect(await deliver(world, destinations)).toMatchObject({ sent: 1, left: 1 });
  expect(await deliver(world, destinations)).toMatchObject({ sent: 1, left: 0 });
});

test("where what was told cannot be marked the pass fails, and the next one tells it again", async () => {
  const { world, found, soc, destinations } = post();
  await found("dw-1");
  const unmarked = { ...world.outbox, told: () => Promise.reject(new Error("throttled")) };
  await expect(deliver({ ...world, outbox: unmarked }, destinations)).rejects.toThrow(
    "what is to be told could not be read or marked",
  );
  expect(await deliver(world, destinations)).toMatchObject({ sent: 1, left: 0 });
  expect(soc.heard).toEqual(["dw-1", "dw-1"]);
});

test("an alert that nobody is there to hear does not stay", async () => {
  const { world, found, destinations } = post([]);
  await found("dw-1", { tenant: null });
  expect(await deliver({ ...world, channels: { soc: [], feedOf: () => null } }, destinations)).toEqual({
    ...{ sent: 0, failed: [], left: 0, dead: [] },
  });
});
