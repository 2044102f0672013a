import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Alert } from "../../src/alerts/alert.ts";
import { run } from "../../src/cli/run.ts";
import { RECIPES, type Attack } from "../../src/simulate/attacks/schedule.ts";
import { recordsOfDay } from "../../src/simulate/day.ts";
import { estateOf } from "../../src/simulate/estate.ts";
import { estateKey, keyFileOf, tenantsOf } from "../../src/simulate/papers.ts";
import { DAY_MS, HOUR_MS } from "../../src/simulate/time.ts";
import { deputywatch } from "./process.ts";
import { screen } from "./screen.ts";

const DAYS = 14;
/** A vendor whose calls come from addresses that can be listed, and a day more than is learned from. */
const estate = estateOf({
  seed: 5,
  accounts: 40,
  days: DAYS + 1,
  startMs: Date.parse("2026-06-01T00:00:00Z"),
  workloads: ["scanner", "poller", "remediation"],
});
const folder = mkdtempSync(join(tmpdir(), "deputywatch-learn-"));
const at = (...names: string[]): string => join(folder, ...names);

function recordsOf(day: number, attacks: readonly Attack[] = []): readonly unknown[] {
  return [...recordsOfDay(estate, attacks, day)].map(({ record }) => record);
}

function writeTrail(name: string, records: readonly unknown[]): void {
  mkdirSync(at(name, ".."), { recursive: true });
  writeFileSync(at(name), gzipSync(JSON.stringify({ Records: records })));
}

beforeAll(() => {
  const days = Array.from({ length: DAYS }, (_, day) => recordsOf(day));
  days.forEach((records, day) => {
    writeTrail(`trail/day-${String(day).padStart(2, "0")}.json.gz`, records);
  });
  writeTrail("some/days.json.gz", days.slice(0, 4).flat());
  writeTrail("shuffled/a.json.gz", days.slice(2, 4).flat().reverse());
  writeTrail("shuffled/b.json.gz", days.slice(0, 3).flat());
  const sweep = RECIPES.find(({ id }) => id === "A4a")!;
  const attack = { recipe: sweep, strikesMs: [estate.startMs + DAYS * DAY_MS + 10 * HOUR_MS] };
  writeTrail("swept/day.json.gz", recordsOf(DAYS, [attack]));
  writeFileSync(at("tenants.ndjson"), tenantsOf(estate, estateKey(estate), estate.startMs + (DAYS + 1) * DAY_MS));
  writeFileSync(at("external-id.key"), keyFileOf(estateKey(estate)));
  const known =
    'version: 1\ntenants: { file: tenants.ndjson } # all of them\nexternalIds: { key: "file:external-id.key" }\n';
  const roles = estate.workloads.map(({ kind, outbound }) => `  - { arn: "${outbound.arn}", workload: ${kind} }\n`);
  writeFileSync(at("known.yaml"), known);
  writeFileSync(at("unpromising.yaml"), `${known}outboundRoles:\n${roles.join("")}`);
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function here(args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const there = screen({ live: false });
  const code = await run(args, there);
  return { code, ...there.written };
}

function alertsIn(ndjson: string): readonly Alert[] {
  return ndjson
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Alert);
}

test("what a quiet fortnight lets propose, taken as configuration, leaves that fortnight nearly silent", async () => {
  const learned = await deputywatch([
    ...["learn", at("trail"), "--config", at("known.yaml")],
    ...["--out", at("baseline.json"), "--proposal", at("proposed.yaml")],
  ]);
  expect(learned).toMatchObject({ code: 0, out: "" });
  expect(learned.err).toMatch(/learned from 14 days, 2026-06-01 to 2026-06-14: \d+ calls, 3 outbound roles/);
  const proposed = readFileSync(at("proposed.yaml"), "utf8");
  expect(proposed).toContain("tenants: { file: tenants.ndjson } # all of them");
  for (const { outbound, caller } of estate.workloads) {
    expect(proposed).toContain(`- arn: ${outbound.arn} # `);
    expect(proposed).toMatch(new RegExp(`- ${caller.arn} # \\d+ calls on \\d+ days`));
  }
  expect(proposed).toMatch(/cadence: \{ perTarget: \d+, every: 24h \} # the most of \d+ role-days/);

  const { code, out } = await here([
    ...["replay", at("trail"), "--config", at("proposed.yaml")],
    ...["--format", "ndjson", "--no-exit-code"],
  ]);
  const told = alertsIn(out).map(({ detector, workload, firstSeen }) => `${detector} ${workload} ${firstSeen}`);
  expect({ code, many: told.length > 3 ? told : "few" }).toEqual({ code: 0, many: "few" });
}, 30_000);

test("the same records teach the same bytes, in whatever files and order they come, and twice", async () => {
  const [once, again] = await Promise.all(
    ["some", "shuffled"].map(async (name) => {
      const out = at(`${name}.json`);
      expect(await here(["learn", at(name), "--config", at("unpromising.yaml"), "--out", out])).toMatchObject({
        code: 0,
      });
      return readFileSync(out);
    }),
  );
  expect(again!.equals(once!)).toBe(true);
  const { learnedFrom, histories } = JSON.parse(String(once)) as {
    readonly learnedFrom: unknown;
    readonly histories: readonly { readonly memo: string }[];
  };
  expect(learnedFrom).toEqual({ first: "2026-06-01", last: "2026-06-04", days: 4 });
  expect(new Set(histories.map(({ memo }) => memo))).toEqual(new Set(["assumptions", "denials", "names"]));
}, 30_000);

test("under a baseline a sweep alarms on the first day there is, and its alert names the baseline's version", async () => {
  const replay = async (...more: readonly string[]): Promise<readonly Alert[]> => {
    const config = ["--config", at("unpromising.yaml"), "--format", "ndjson", "--no-exit-code"];
    const { code, out } = await here(["replay", at("swept"), ...config, ...more]);
    expect(code).toBe(0);
    return alertsIn(out).filter(({ detector }) => detector === "tenant-sweep");
  };
  expect(await replay()).toEqual([]);
  const [alert, ...others] = await replay("--baseline", at("baseline.json"));
  expect(others).toEqual([]);
  expect(alert?.versions.baseline).toMatch(/^[0-9a-f]{12}$/);

  const text = readFileSync(at("baseline.json"), "utf8");
  writeFileSync(at("other.json"), text.replace('"days":14', '"days":13'));
  const [same] = await replay("--baseline", at("other.json"));
  expect(same?.id).toBe(alert?.id);
  expect(same?.versions.baseline).not.toBe(alert?.versions.baseline);
}, 30_000);

test("under a baseline memory holds no history, and without one it does", async () => {
  const heldAfter = async (name: string, ...more: readonly string[]): Promise<boolean> => {
    const args = ["replay", at("some"), "--config", at("unpromising.yaml"), "--memory", `sqlite:${at(name)}`];
    expect((await here([...args, "--no-exit-code", ...more])).code).toBe(0);
    return readFileSync(at(name)).includes("history/assumptions/");
  };
  expect(await heldAfter("learning.db")).toBe(true);
  expect(await heldAfter("fixed.db", "--baseline", at("baseline.json"))).toBe(false);
}, 30_000);

test("a baseline that is broken, damaged, newer or not there is refused in a sentence", async () => {
  const text = readFileSync(at("baseline.json"), "utf8");
  const wrong = {
    "cut.json": [text.slice(0, -100), "no whole JSON"],
    "damaged.json": [text.replace(/"habits":"..../, '"habits":"'), "damaged"],
    "odd.json": [text.replace(/"calls":\d+/, '"calls":"many"'), "calls is not as learned"],
    "newer.json": [text.replace('"version": 1', '"version": 2'), "a baseline of version 2"],
    "config.json": ['{"version":1,"outboundRoles":[]}', "not a baseline"],
  };
  for (const [name, [content, sentence]] of Object.entries(wrong)) {
    writeFileSync(at(name), content!);
    const { code, out, err } = await here(["replay", at("swept"), "--baseline", at(name)]);
    expect({ name, code, out }).toEqual({ name, code: 2, out: "" });
    expect(err).toContain(`${name}: `);
    expect(err).toContain(sentence);
    expect(err).toMatch(/\nhint: /);
  }
  const { code, err } = await here(["replay", at("swept"), "--baseline", at("absent.json")]);
  expect(code).toBe(2);
  expect(err).toMatch(/cannot be read \(ENOENT\)/);
});

test("where nothing can be learned nothing is written, and it is said why", async () => {
  writeTrail("hops/entries.json.gz", recordsOf(0).slice(0, 1));
  mkdirSync(at("empty"));
  const out = ["--out", at("nothing.json")];
  expect(await here(["learn", at("empty"), "--config", at("known.yaml"), ...out])).toMatchObject({ code: 3 });
  const few = await here(["learn", at("hops"), "--config", at("known.yaml"), ...out]);
  expect(few.code).toBe(3);
  expect(few.err).toMatch(/nothing was learned: no role entered two foreign accounts; name outboundRoles/);
  expect(() => readFileSync(at("nothing.json"))).toThrow("ENOENT");
});

test("standard input is refused where it would have to be read twice, and the configuration is not written over", async () => {
  const twice = await here(["learn", "-", "--config", at("known.yaml"), "--out", at("x.json")]);
  expect(twice).toMatchObject({ code: 2, err: expect.stringMatching(/read once only/) as string });
  const over = await here([
    ...["learn", at("trail"), "--config", at("known.yaml")],
    ...["--out", at("x.json"), "--proposal", at("trail", "..", "known.yaml")],
  ]);
  expect(over).toMatchObject({ code: 2, err: expect.stringMatching(/is the configuration itself/) as string });
});
