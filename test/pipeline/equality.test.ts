import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dice } from "../../src/simulate/dice.ts";
import { deliveryFiles, eventBridgeEvent } from "../../examples/vendor/delivery.ts";
import { PAPERS } from "../../examples/vendor/papers.ts";
import { keyFileOf } from "../../src/simulate/papers.ts";
import { sampleVendor } from "../../examples/vendor/sample.ts";
import type { Alert } from "../../src/alerts/alert.ts";
import { DETECTORS } from "../../src/detectors/index.ts";
import { asRemembered, judge, type Verdict } from "../../src/pipeline/judge.ts";
import { alertOf } from "../../src/pipeline/alert-of.ts";
import { readBody } from "../../src/pipeline/read.ts";
import { replay } from "../../src/pipeline/replay.ts";
import { decodingAt, settingsOf, type Settings, type SettingsSource } from "../../src/pipeline/settings.ts";
import { fileDocument } from "../../src/sources/directory.ts";
import { memoryStore } from "../../src/stores/memory.ts";

const NOW_MS = Date.UTC(2026, 10, 23);
const sample = sampleVendor({ seed: 7, tenants: 12, startMs: Date.UTC(2026, 10, 19), days: 2 });
const files = deliveryFiles(sample.records);

let folder: string;
let source: SettingsSource;
let settings: Settings;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "deputywatch-equality-"));
  for (const [name, text] of [
    [PAPERS.config, sample.config],
    [PAPERS.tenants, sample.tenants],
    [PAPERS.ranges, sample.ranges],
    [PAPERS.key, keyFileOf(sample.key)],
  ] as const) {
    await writeFile(join(folder, name), text);
  }
  for (const { key, body } of files) {
    await mkdir(dirname(join(folder, key)), { recursive: true });
    await writeFile(join(folder, key), body);
  }
  source = { configPath: join(folder, PAPERS.config), nowMs: NOW_MS, env: {}, spareKey: new Uint8Array(32) };
  ({ settings } = await settingsOf(source, DETECTORS));
});

afterAll(() => rm(folder, { recursive: true }));

async function replayed(jobs: number): Promise<readonly Alert[]> {
  const documents = files.map(({ key }) => fileDocument(join(folder, key)));
  const { alerts } = await replay(documents, {
    ...{ settings, source, jobs, store: null, nowMs: NOW_MS, sinceMs: null, untilMs: null },
    onProgress: () => undefined,
  });
  return alerts;
}

/**
 * The live path over a shuffled stream with redeliveries, judged ten messages at a time; the alerts are built from what
 * memory holds in the end.
 */
async function lived(seed: number): Promise<readonly Alert[]> {
  const chance = dice(seed, "the queue");
  const bodies = sample.records.flatMap((record) => {
    const body = JSON.stringify(eventBridgeEvent(record));
    return chance.below(5) === 0 ? [body, body] : [body];
  });
  for (let at = bodies.length - 1; at > 0; at--) {
    const other = chance.below(at + 1);
    [bodies[at], bodies[other]] = [bodies[other]!, bodies[at]!];
  }
  const store = memoryStore();
  const verdicts = new Map<string, Verdict>();
  for (let start = 0; start < bodies.length; start += 10) {
    const readings = bodies.slice(start, start + 10).map((body) => readBody(body, decodingAt(settings, NOW_MS)));
    const batch = {
      calls: readings.flatMap(({ calls }) => calls),
      changes: readings.flatMap(({ changes }) => changes),
      uses: readings.flatMap(({ uses }) => uses),
    };
    for (const verdict of (await judge(batch, { ...settings, store })).verdicts) verdicts.set(verdict.id, verdict);
  }
  return (await asRemembered(verdicts.values(), store)).map((verdict) => alertOf(verdict, settings));
}

const byId = (alerts: readonly Alert[]): string =>
  JSON.stringify(
    [...alerts].sort((a, b) => (a.id < b.id ? -1 : 1)),
    null,
    1,
  );

test("a replay finds what the sample hides, and nothing else", async () => {
  const found = new Set((await replayed(1)).map(({ detector }) => detector));
  const named = (list: readonly { readonly detector: string }[]): string[] => list.map(({ detector }) => detector);
  expect([...found]).toEqual(expect.arrayContaining(named(sample.expected)));
  expect([...named(sample.expected), ...named(sample.consequences)]).toEqual(expect.arrayContaining([...found]));
});

test("several jobs give the alerts of one, byte for byte", async () => {
  const one = await replayed(1);
  expect(files.length).toBeGreaterThan(64);
  expect(JSON.stringify(await replayed(3))).toBe(JSON.stringify(one));
});

test.each([1, 2, 3])(
  "the live path, shuffled and redelivered (seed %i), gives the replay's alerts, byte for byte",
  async (seed) => {
    expect(byId(await lived(seed))).toBe(byId(await replayed(1)));
  },
);
