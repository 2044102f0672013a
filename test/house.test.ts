import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";
import { DETECTORS } from "../src/detectors/index.ts";

/** Data flows down this list. A room may look back, never ahead. */
const ROOMS = [
  "trail",
  "ranges",
  "tenants",
  "trust",
  "outbound",
  "memory",
  "baseline",
  "detectors",
  "engine",
  "alerts",
  "simulate",
  "config",
  "stores",
  "sources",
  "channels",
  "pipeline",
  "api",
  "cli",
];
const PURE = new Set(ROOMS.slice(0, ROOMS.indexOf("config")));

const SRC = resolve(import.meta.dirname, "../src");
const files = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
const textOf = (file: string): string => readFileSync(join(SRC, file), "utf8");
const roomOf = (file: string): string => file.split("/")[0]!;
const importsOf = (file: string): string[] =>
  [...textOf(file).matchAll(/(?:from|import\()\s*"([^"]+)"/g)].map(([, path]) => path!);

test("every file is in a room, and every room is on the list", () => {
  expect(new Set(files.map(roomOf))).toEqual(new Set(ROOMS));
});

test("no file looks ahead into a later room", () => {
  const ahead = files.flatMap((file) =>
    importsOf(file)
      .filter((path) => path.startsWith("."))
      .map((path) => relative(SRC, resolve(SRC, dirname(file), path)))
      .filter((target) => ROOMS.indexOf(roomOf(target)) > ROOMS.indexOf(roomOf(file)))
      .map((target) => `${file} imports ${target}`),
  );
  expect(ahead).toEqual([]);
});

test("the deciding rooms know no clock, no chance, no environment, no file and no network", () => {
  const world =
    /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bprocess\b\.|\bfetch\(|\bsetTimeout\b|\brandom(?:UUID|Bytes|Int)\b/;
  const modules = /^node:(?:fs|net|http|https|child_process|worker_threads|os|timers|process|sqlite)|^@aws-sdk/;
  const impure = files
    .filter((file) => PURE.has(roomOf(file)))
    .filter((file) => world.test(textOf(file)) || importsOf(file).some((path) => modules.test(path)));
  expect(impure).toEqual([]);
});

test("the detectors on disk are the detectors on the list", () => {
  const notDetectors = new Set(
    "detector index example example-incident example-trust evidence phrase assumptions excess lineage".split(" "),
  );
  const onDisk = files
    .filter((file) => roomOf(file) === "detectors")
    .map((file) => basename(file, ".ts"))
    .filter((name) => !notDetectors.has(name));
  expect(DETECTORS.map(({ id }) => id).sort()).toEqual(onDisk.sort());
});

test("no room is a cupboard, no file is long, nothing is exported by default", () => {
  const cupboards = files.filter((file) =>
    /(?:^|\/)(?:utils?|common|helpers?|shared|lib|types|misc)(?:\/|\.ts$)/.test(file),
  );
  const long = files.filter((file) => textOf(file).split("\n").length > 300);
  const byDefault = files.filter((file) => /^export default\b/m.test(textOf(file)));
  expect({ cupboards, long, byDefault }).toEqual({ cupboards: [], long: [], byDefault: [] });
});
