import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, expect, test, vi } from "vitest";
import { PAPERS } from "../../examples/vendor/papers.ts";
import { keyFileOf } from "../../src/simulate/papers.ts";
import { sampleKey, sampleVendor } from "../../examples/vendor/sample.ts";
import type { Alert } from "../../src/alerts/alert.ts";
import { run } from "../../src/cli/run.ts";
import { deputywatch, folderWith } from "./process.ts";
import { screen } from "./screen.ts";

/** A test here is up to six processes, each of which judges a trail twice. */
vi.setConfig({ testTimeout: 90_000 });
afterAll(() => {
  vi.resetConfig();
});

const DAY_MS = 86_400_000;
/** Of the days before this one, because a suppression covers the thirty days before its end, which is yet to come. */
const startMs = (Math.floor(Date.now() / DAY_MS) - 3) * DAY_MS;
const sample = sampleVendor({ seed: 3, tenants: 8, startMs, days: 2 });
const trail = JSON.stringify({ Records: sample.records });
const [oddlyNamed] = sample.expected.filter(({ detector }) => detector === "unusual-session-name");

/** One difference as `--format ndjson` writes it. */
type Line = Pick<
  Alert,
  "id" | "detector" | "severity" | "title" | "summary" | "tenant" | "firstSeen" | "suppressed"
> & {
  readonly under: "config" | "against" | "both";
  readonly against?: Pick<Alert, "severity" | "suppressed">;
};

/** The sample vendor's trail and configuration, and beside it another one. */
function sampleAnd(proposed: string, more: Readonly<Record<string, string>> = {}): string {
  return folderWith({
    [PAPERS.config]: sample.config,
    [PAPERS.tenants]: sample.tenants,
    [PAPERS.ranges]: sample.ranges,
    [PAPERS.key]: keyFileOf(sample.key),
    "trail.json.gz": gzipSync(trail),
    "proposed.yaml": proposed,
    ...more,
  });
}

interface Compared {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly lines: readonly Line[];
}

/** Compares within this process, which takes a fraction of what starting another one does. */
async function compared(cwd: string, ...options: readonly string[]): Promise<Compared> {
  const terminal = screen({ live: false, now: Date.now });
  const named = options.includes("--config") ? options : ["--config", PAPERS.config, ...options];
  const files = ["--against", "proposed.yaml", ...named].map((arg) => (arg.endsWith(".yaml") ? join(cwd, arg) : arg));
  const code = await run(["compare", join(cwd, "trail.json.gz"), "--format", "ndjson", ...files], terminal);
  const { out, err } = terminal.written;
  const lines = out.split("\n").filter((line) => line !== "");
  return { code, out, err, lines: lines.map((line) => JSON.parse(line) as Line) };
}

const changed = (from: string | RegExp, to: string): string => {
  const text = sample.config.replace(from, to);
  expect(text).not.toBe(sample.config);
  return text;
};
const withoutRanges = (): string => changed(/^ranges:\n(?: {2}- .*\n)+/m, "");
const soon = new Date(Date.now() + 20 * DAY_MS).toISOString();
const suppressing = (detector: string, tenant: string | null | undefined): string =>
  `${sample.config}suppressions:\n  - { detector: ${detector}, where: { workload: scanner, tenant: ${tenant ?? ""} },\n` +
  `      reason: "CHG-81", owner: soc, until: "${soon}" }\n`;

test("a configuration without the ranges no longer sees calls from elsewhere", async () => {
  const { code, lines, err } = await compared(sampleAnd(withoutRanges()));
  expect(new Set(lines.map(({ detector }) => detector))).toEqual(
    new Set(["source-outside-ranges", "session-in-two-places"]),
  );
  expect(new Set(lines.map(({ under }) => under))).toEqual(new Set(["config"]));
  for (const { id, title, summary, severity } of lines) {
    expect([id, severity]).toEqual([expect.stringMatching(/^dw-[0-9a-f]{32}$/), "critical"]);
    expect([title, summary].every((text) => text.length > 20)).toBe(true);
  }
  expect(code).toBe(14);
  expect(err).toMatch(/^1 files, \d+ records, /m);
});

test("another cadence allows what the sweep does, and what is compared the other way round is the same but for its side", async () => {
  const cwd = sampleAnd(changed(/perTarget: 1/g, "perTarget: 4"));
  const { lines } = await compared(cwd);
  expect(lines.map(({ detector, under }) => [detector, under])).toEqual([
    ["tenant-sweep", "config"],
    ["call-burst", "config"],
  ]);
  const back = await deputywatch(
    ["compare", "trail.json.gz", "--config", "proposed.yaml", "--against", PAPERS.config, "--format", "ndjson"],
    { cwd },
  );
  expect(back.code).toBe(14);
  expect(back.out).toBe(lines.map((line) => `${JSON.stringify({ ...line, under: "against" })}\n`).join(""));
});

test("what both alert of and one suppresses, or one finds worse, is a difference; what is the same is none", async () => {
  const cwd = sampleAnd(suppressing("unusual-session-name", oddlyNamed?.tenant), {
    "louder.yaml": `${sample.config}detectors: { unusual-session-name: { severity: high } }\n`,
  });
  const { code, lines } = await compared(cwd);
  expect(lines).toMatchObject([
    {
      ...{ under: "both", detector: "unusual-session-name", tenant: oddlyNamed?.tenant },
      ...{ severity: "medium", suppressed: null },
      against: { severity: "medium", suppressed: { owner: "soc", reason: "CHG-81" } },
    },
  ]);
  expect(code).toBe(12);
  const louder = await compared(cwd, "--config", "louder.yaml");
  expect(louder.lines).toMatchObject([{ under: "both", severity: "high", against: { severity: "medium" } }]);
  expect(louder.code).toBe(13);
  expect((await compared(cwd, "--config", "louder.yaml", "--no-exit-code")).code).toBe(0);
});

test("one configuration against itself differs in nothing, though one side has another key or none", async () => {
  const cwd = sampleAnd(sample.config);
  expect(await compared(cwd)).toMatchObject({ code: 0, out: "" });
  const text = await deputywatch(["compare", "trail.json.gz", "--against", "proposed.yaml"], { cwd });
  expect(text.out).toMatch(/^No difference: \d+ alerts under both\.\n$/);

  const keyless = changed(/^externalIds: .*\n/m, "");
  const without = await compared(sampleAnd(keyless));
  expect(without.lines.filter(({ detector }) => detector === "session-in-two-places")).toEqual([]);
  const other = sampleAnd(changed(PAPERS.key, "other.key"), { "other.key": keyFileOf(sampleKey(99)) });
  const { err } = await compared(other);
  expect(err).toContain("warning: the two configurations have different keys (externalIds.key)");
});

test("people read three groups, by detector with their number, and nothing in them acts on a terminal", async () => {
  const cwd = sampleAnd(withoutRanges(), {
    "trail.json.gz": trail.replaceAll("botocore-session-1700000000", "x\\u001b[2J\\u202eevil"),
    "odd.yaml": changed(/"scan-\{tenant\}-\*"/, '"*"'),
  });
  const args = ["compare", "trail.json.gz", "--config", "odd.yaml", "--against"];
  const ranges = await deputywatch([...args, "proposed.yaml"], { cwd });
  expect(ranges.out).toMatch(/^Only under odd\.yaml \([0-9a-f]{12}\): 3 alerts\n/);
  expect(ranges.out).toMatch(/^ {2}2 source-outside-ranges: The outbound role was used from an address/m);
  expect(ranges.out).toMatch(/^Only under proposed\.yaml \([0-9a-f]{12}\): 1 alert\n {2}1 unusual-session-name: /m);
  expect(ranges.out).toMatch(/^Under both, but of another severity or suppressed by one: 0 alerts$/m);
  expect(ranges.out).toContain("x\\u{1b}[2J\\u{202e}evil");
  for (const format of ["text", "json", "ndjson"]) {
    const { out, err } = await deputywatch([...args, "proposed.yaml", "--format", format], { cwd });
    expect(out + err).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  }
});

test("one object holds both sides, the groups, their detectors and numbers", async () => {
  const cwd = sampleAnd(withoutRanges());
  const { out } = await deputywatch(["compare", "trail.json.gz", "--against", "proposed.yaml", "--format", "json"], {
    cwd,
  });
  expect(JSON.parse(out)).toMatchObject({
    schemaVersion: 1,
    config: { file: PAPERS.config },
    against: { file: "proposed.yaml" },
    onlyUnderConfig: [
      { detector: "session-in-two-places", count: 1 },
      { detector: "source-outside-ranges", count: 2 },
    ],
    onlyUnderAgainst: [],
    differentUnderBoth: [],
  });
});

test("standard input is judged under both, and a span of time is kept under both", async () => {
  const cwd = sampleAnd(withoutRanges());
  const args = ["compare", "-", "--against", "proposed.yaml", "--format", "ndjson"];
  const { out } = await deputywatch(args, { cwd, input: trail });
  expect(out).toBe((await compared(cwd)).out);
  const late = new Date(startMs + DAY_MS).toISOString();
  expect(await deputywatch([...args, "--since", late], { cwd, input: trail })).toMatchObject({ code: 0, out: "" });
});

test("what cannot be compared is said in one sentence: nothing read, a configuration that is not there or is refused", async () => {
  const cwd = sampleAnd(suppressing("human-operator", "acme"));
  const nothing = await deputywatch(["compare", "nowhere", "--against", PAPERS.config], { cwd });
  expect(nothing).toMatchObject({ code: 3, out: "No difference: 0 alerts under both.\n" });
  expect(nothing.err).toContain("nothing matches nowhere\n");
  const refused = await deputywatch(["compare", "trail.json.gz", "--against", "proposed.yaml"], { cwd });
  expect(refused).toMatchObject({ code: 2, out: "" });
  expect(refused.err).toMatch(
    /^error: proposed\.yaml:\d+:\d+ suppressions\[0\]\.detector: human-operator is never supp/,
  );
  expect((await deputywatch(["compare", "trail.json.gz"], { cwd })).code).toBe(2);
});

test("Ctrl-C compares nothing, because half a trail differs from a whole one", async () => {
  const files = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`t/${at}.json`, trail]));
  const cwd = folderWith({ ...files, "proposed.yaml": "version: 1\n" });
  const { code, out, err } = await deputywatch(["compare", "t", "--against", "proposed.yaml"], {
    ...{ cwd, interruptAfterMs: 100 },
  });
  expect({ code, out }).toEqual({ code: 130, out: "" });
  expect(err.split("\n").slice(1)).toEqual(["interrupted: nothing was compared", ""]);
});
