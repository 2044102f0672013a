import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { eventBridgeEvent } from "../../examples/vendor/delivery.ts";
import { PAPERS } from "../../examples/vendor/papers.ts";
import { ingestFrom } from "../../handlers/ingest.ts";
import { DETECTORS } from "../../src/detectors/index.ts";
import { ingest } from "../../src/pipeline/ingest.ts";
import { liveSettings } from "../../src/pipeline/live-settings.ts";
import { settingsOf } from "../../src/pipeline/settings.ts";
import { topicsOn, worldOn } from "../../src/pipeline/world.ts";
import type { TrailRecord } from "../../src/simulate/record.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { memoryOutbox } from "../../src/stores/outbox/memory.ts";
import { memoryQuarantine } from "../../src/stores/quarantine/memory.ts";
import { fileRegistrations } from "../../src/stores/registrations/file.ts";
import type { Registration } from "../../src/tenants/tenant.ts";
import { lambda, later, message, oddlyNamed, ordinary, scene, sqs, tenantOf, told } from "./scene.ts";

const MINUTE_MS = 60_000;

/**
 * A function that is warm: it loaded its configuration an hour before `record` happened, when of the record's customer was
 * registered what `known` makes of it; null: nothing. `nowMs` is a minute after the record.
 */
async function warmBefore(record: TrailRecord, known: (own: Registration) => Registration | null = () => null) {
  const here = await scene();
  const happenedMs = Date.parse(record.eventTime);
  const path = join(here.folder, PAPERS.tenants);
  const registry = fileRegistrations(path);
  const held = (await registry.all()).find(({ registration: { tenant } }) => tenant === tenantOf(record))!;
  await registry.remove([held]);
  await registry.claim([known(held.registration) ?? []].flat());
  const source = { configPath: join(here.folder, PAPERS.config), env: {}, spareKey: new Uint8Array(32) };
  const { settings, renewal } = await settingsOf({ ...source, nowMs: happenedMs - 60 * MINUTE_MS }, DETECTORS);
  const clock = { nowMs: happenedMs + MINUTE_MS };
  const readings: number[] = [];
  const counted = {
    ...renewal!,
    read: () => {
      readings.push(clock.nowMs);
      return renewal!.read();
    },
  };
  const lasting = { store: memoryStore(), outbox: memoryOutbox(), quarantine: memoryQuarantine() };
  const now = (): number => clock.nowMs;
  const world = worldOn(here.stack.clients, settings, lasting, now, counted);
  const said: string[] = [];
  const handler = ingestFrom(
    () => Promise.resolve(world),
    (line) => said.push(line),
  );
  return {
    ...{ here, world, path, registry, clock, readings, settings, counted, now },
    newcomer: held.registration,
    handle: async (...records: readonly TrailRecord[]) => {
      await handler(sqs(...records.map(eventBridgeEvent)), lambda());
      return JSON.parse(said.at(-1)!) as Record<string, unknown>;
    },
    detectors: async () => {
      const { entries } = await world.outbox.pending({ after: null, limit: 100 });
      return entries.map(({ alert: { detector } }) => detector).sort();
    },
  };
}

test("a customer who registers while the function is warm is no stranger at the first call", async () => {
  const { registry, newcomer, handle, detectors, readings } = await warmBefore(ordinary);
  await registry.claim([newcomer]);
  expect(await handle(ordinary)).toMatchObject({ calls: 1, announced: 0 });
  expect(await detectors()).toEqual([]);
  expect(readings).toHaveLength(1);
});

test("whoever is in no registry is a stranger still, and nothing is said to be stale", async () => {
  const { handle, detectors, readings } = await warmBefore(ordinary);
  const line = await handle(ordinary);
  expect(line).toMatchObject({ calls: 1 });
  expect(line).not.toHaveProperty("staleRegistry");
  // Its session is named after no tenant that is known, either.
  expect(await detectors()).toEqual(["unknown-target", "unusual-session-name"]);
  expect(readings).toHaveLength(1);
});

test("an alert about a customer who has just registered reaches the customer's own feed, by whoever tells it", async () => {
  const { here, world, registry, newcomer, handle, detectors, counted, settings, clock, now } =
    await warmBefore(oddlyNamed);
  const teller = {
    outbox: world.outbox,
    now,
    channels: topicsOn(here.stack.clients.sns, liveSettings(settings, counted, now)),
  };
  await registry.claim([newcomer]);
  expect(await handle(oddlyNamed)).toMatchObject({ announced: 1 });
  expect(await detectors()).toEqual(["unusual-session-name"]);
  clock.nowMs += MINUTE_MS;
  expect(await told(teller)).toMatchObject({ sent: 2, left: 0 });
  expect((await here.tenantHeard(newcomer.tenant)).map(({ detector }) => detector)).toEqual(["unusual-session-name"]);
  expect(await here.socHeard()).toHaveLength(1);
});

test("an ID that was rotated while the function is warm is the customer's own at its first use", async () => {
  const before = (own: Registration): Registration => ({ ...own, externalId: `hmac-sha256:${"0".repeat(64)}` });
  const unrotated = await warmBefore(ordinary, before);
  expect(await unrotated.handle(ordinary)).toMatchObject({ announced: 1 });
  expect(await unrotated.detectors()).toEqual(["external-id-mismatch"]);

  const { registry, newcomer, handle, detectors } = await warmBefore(ordinary, before);
  const held = (await registry.of(newcomer.account))!;
  expect(await registry.replace([{ held, next: newcomer }])).toEqual([true]);
  expect(await handle(ordinary)).toMatchObject({ announced: 0 });
  expect(await detectors()).toEqual([]);
});

test("a customer who left is known to have left after five minutes, though no stranger comes", async () => {
  const { registry, newcomer, handle, detectors, clock } = await warmBefore(ordinary);
  await registry.claim([newcomer]);
  expect(await handle(ordinary)).toMatchObject({ announced: 0 });
  const held = (await registry.of(newcomer.account))!;
  const left: Registration = { ...newcomer, status: "offboarded", untilMs: Date.parse(ordinary.eventTime) - 1 };
  await registry.replace([{ held, next: left }]);
  clock.nowMs += 4 * MINUTE_MS;
  expect(await handle(ordinary)).toMatchObject({ announced: 0 });
  clock.nowMs += 2 * MINUTE_MS;
  expect(await handle(ordinary)).toMatchObject({ announced: 1 });
  expect(await detectors()).toEqual(["unknown-target"]);
});

test("a registry that cannot be read holds no message up, and the batch's line says so until it can", async () => {
  const { registry, path, newcomer, handle, detectors, clock } = await warmBefore(ordinary);
  await registry.claim([newcomer]);
  const whole = readFileSync(path, "utf8");
  writeFileSync(path, `${whole}{"tenant":"torn`);
  const line = await handle(ordinary, later(ordinary, 10));
  expect(line).toMatchObject({ messages: 2, done: 2, failed: [], calls: 2 });
  expect(line.staleRegistry).toMatch(/^the registry could not be read again: .*tenants\.ndjson:\d+: not JSON$/);
  expect(line.staleRegistry).not.toContain("torn");
  expect(await detectors()).toContain("unknown-target");

  writeFileSync(path, whole);
  clock.nowMs += MINUTE_MS;
  expect(await handle(ordinary)).not.toHaveProperty("staleRegistry");
});

test(
  "a thousand batches of one moment's guesses have a table read once, and each is judged",
  { timeout: 30_000 },
  async () => {
    const { world, counted, clock, readings, here, settings, now } = await warmBefore(ordinary);
    const lasting = { store: world.store, outbox: world.outbox, quarantine: world.quarantine };
    const inTable = { ...counted, file: null };
    const table = worldOn(here.stack.clients, settings, lasting, now, inTable);
    const body = JSON.stringify(eventBridgeEvent(ordinary));
    let announced = 0;
    for (let n = 0; n < 1_000; n++) {
      clock.nowMs += 100;
      announced += (await ingest([message(body)], table)).announced;
    }
    expect(announced).toBe(2_000);
    expect(readings).toHaveLength(1);
  },
);
