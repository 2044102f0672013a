import { globSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import type { Alert } from "../../src/alerts/alert.ts";
import type { Label } from "../../src/simulate/label.ts";
import { run } from "../../src/cli/run.ts";
import { deputywatch, folderWith } from "./process.ts";
import { screen } from "./screen.ts";

const SMALL = ["--accounts", "20", "--days", "2"];

function filesIn(folder: string): ReadonlyMap<string, Buffer> {
  const names = globSync("**/*", { cwd: folder }).filter((name) => statSync(join(folder, name)).isFile());
  return new Map(names.sort().map((name) => [name, readFileSync(join(folder, name))]));
}

function linesOf(text: string | Buffer): readonly unknown[] {
  return String(text)
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
}

test("the same options write the same bytes, and what was written can be replayed as it lies", async () => {
  const folder = folderWith({});
  const [one, two, other] = ["one", "two", "other"].map((name) => join(folder, name));
  const { code, out, err } = await deputywatch(["simulate", "--out", one!, ...SMALL]);
  expect({ code, out }).toEqual({ code: 0, out: "" });
  expect(err).toMatch(/^\d+ records in \d+ files, 1 quiet days, 26 attacks; find them:\n {2}deputywatch replay /);
  await run(["simulate", "--out", two!, ...SMALL], screen());
  await run(["simulate", "--out", other!, ...SMALL, "--seed", "2", "--no-attacks"], screen());
  const files = filesIn(one!);
  expect(filesIn(two!)).toEqual(files);
  expect(filesIn(other!).get("deputywatch.yaml")).not.toEqual(files.get("deputywatch.yaml"));

  const replayed = await deputywatch([
    ...["replay", join(one!, "trail"), "--config", join(one!, "deputywatch.yaml")],
    ...["--format", "ndjson", "--no-exit-code"],
  ]);
  expect(replayed.err).toMatch(/ 0 unreadable/);
  expect(replayed.code).toBe(0);
  const named = new Set((linesOf(replayed.out) as readonly Alert[]).flatMap(({ eventIds }) => eventIds));
  const labels = linesOf(files.get("labels.ndjson")!) as readonly Label[];
  // What needs nothing but the call itself is found in any estate, however little there was to learn from. All of it falls
  // on one day here: what came from strangers' addresses and accounts is in the flood's own alerts, which name the flood.
  const plain = ["A1a", "A1b", "A1c", "A1d", "A2b", "A2d", "A6", "A6b", "A7", "A7b", "A9", "A10"];
  const found = labels.filter(({ eventIds }) => eventIds.some((id) => named.has(id))).map(({ id }) => id);
  expect(found).toEqual(expect.arrayContaining(plain));
}, 60_000);

test("the customers' external IDs are in the trail and in nothing beside it", async () => {
  const folder = join(folderWith({}), "estate");
  await run(["simulate", "--out", folder, ...SMALL, "--no-attacks"], screen());
  const files = filesIn(folder);
  const trail = [...files].filter(([name]) => name.startsWith("trail/"));
  const ids = new Set(
    trail.flatMap(([, bytes]) =>
      [
        ...gunzipSync(bytes)
          .toString()
          .matchAll(/"externalId":"([^"]+)"/g),
      ].map(([, id]) => id!),
    ),
  );
  expect(ids.size).toBeGreaterThanOrEqual(15);
  const beside = [...files].filter(([name]) => !name.startsWith("trail/"));
  expect(beside.map(([name]) => name)).toEqual([
    "aws-ranges.json",
    "deputywatch.yaml",
    "external-id.key",
    "labels.ndjson",
    "ranges.json",
    "tenants.ndjson",
  ]);
  const leaked = [...ids].filter((id) => beside.some(([name, bytes]) => `${name}${String(bytes)}`.includes(id)));
  expect(leaked).toEqual([]);
  expect(files.get("labels.ndjson")).toHaveLength(0);
});

test("what is there already is not written over, and what makes no estate is said in a sentence", async () => {
  const folder = folderWith({ "notes.txt": "mine" });
  const here = screen();
  expect(await run(["simulate", "--out", folder], here)).toBe(2);
  expect(here.written.err).toMatch(/^error: .* is not empty\nhint: name a new folder/);
  for (const wrong of [["--accounts", "5"], ["--days", "1"], ["--ramp", "4"], ["--seed", "-1"], []]) {
    const there = screen();
    const out = wrong.length > 0 ? ["--out", join(folder, "x")] : [];
    expect(await run(["simulate", ...out, ...wrong], there)).toBe(2);
    expect(there.written.err).toMatch(/^error: .*\nhint: /);
  }
});
