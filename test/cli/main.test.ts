import { expect, test } from "vitest";
import { run } from "../../src/cli/run.ts";
import { deputywatch, folderWith, type Ended } from "./process.ts";
import { screen } from "./screen.ts";

/** The same command line without a process of its own, for what a process adds nothing to. */
async function typed(args: readonly string[]): Promise<Pick<Ended, "code" | "out" | "err">> {
  const here = screen({ live: false });
  const code = await run(args, here);
  return { code, ...here.written };
}

const lines = (text: string): string[] => text.trimEnd().split("\n");

/** A mistake: nothing on stdout, exit code 2, and on stderr a sentence that holds these words, and a hint. */
function expectMistake({ code, out, err }: Pick<Ended, "code" | "out" | "err">, sentence: RegExp, hint: RegExp): void {
  expect({ code, out }).toEqual({ code: 2, out: "" });
  const [error, ...rest] = lines(err).filter((line) => !line.startsWith("no configuration"));
  expect(error).toMatch(/^error: /);
  expect(error).toMatch(sentence);
  expect(rest[0]).toMatch(/^hint: /);
  expect(rest[0]).toMatch(hint);
}

test.each(["replay", "watch", "explain", "ranges", "external-id"])("%s --help teaches by examples", async (command) => {
  const { code, out, err } = await typed([command, "--help"]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toContain(`Usage: deputywatch ${command}`);
  expect(out).toMatch(/\nExamples:\n {2}deputywatch /);
  expect(out).toMatch(/\nExit codes:\n/);
});

test("without a command the help is shown, and it is no success; --help and --version are", async () => {
  const [bare, asked, version] = await Promise.all([deputywatch([]), deputywatch(["--help"]), deputywatch(["-V"])]);
  expect([bare.code, asked.code, version.code]).toEqual([2, 0, 0]);
  expect(asked.out).toContain("Examples:");
  expect(bare.out).toBe(asked.out);
  expect(version.out).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test.each<[string, string[], RegExp, RegExp]>([
  ["a command", ["replya", "x"], /unknown command 'replya'/, /did you mean replay\?/],
  ["an option", ["replay", "--sicne", "24h", "x"], /unknown option '--sicne'/, /did you mean --since\?/],
  ["a command below a command", ["ranges", "chekc"], /unknown command 'chekc'/, /did you mean check\?/],
  ["nothing that is known", ["replay", "--zzz", "x"], /unknown option '--zzz'/, /`deputywatch replay --help`/],
  ["a missing source", ["replay"], /missing required argument 'source'/, /`deputywatch replay --help`/],
  ["a format", ["replay", "x", "--format", "xml"], /'xml' is invalid.*text, json, ndjson, csv/, /--help/],
  ["a detector", ["explain", "sesion-in-two-places"], /no detector is called/, /did you mean session-in-two-places\?/],
  ["a time", ["replay", "x", "--since", "yesterday"], /--since yesterday is no time/, /2026-11-20T10:00Z, or 24h/],
  ["a date that is none", ["replay", "x", "--until", "2026-02-30"], /--until 2026-02-30 is no time/, /write 2026/],
  ["an empty span", ["replay", "x", "--since", "1h", "--until", "2h"], /--since is not before --until/, /swap/],
  ["a store", ["replay", "x", "--memory", "redis:x"], /--memory redis:x names no store/, /sqlite:FILE/],
  [
    "a store without a folder",
    ["replay", "x", "--memory", "sqlite:no/such/f.db"],
    /no\/such\/f\.db.*no such folder/,
    /make the folder/,
  ],
  ["a source of another kind", ["replay", "https://example.com/t"], /https:\/\/example\.com\/t/, /download/],
  ["a configuration", ["replay", "x", "--config", "none.yaml"], /none\.yaml cannot be read/, /--config/],
])("a mistake in %s is a sentence and a hint", async (_what, args, sentence, hint) => {
  expectMistake(await typed(args), sentence, hint);
});

test("a key that the configuration does not know is named with its line, and what was meant", async () => {
  const cwd = folderWith({ "deputywatch.yaml": 'version: 1\nvendor: { accounts: ["999988887777"] }\nrangse: []\n' });
  expectMistake(await deputywatch(["replay", "."], { cwd }), /deputywatch\.yaml:3.*rangse/, /ranges/);
});

test("a file that is no database is not taken for one", async () => {
  const cwd = folderWith({ "notes.db": "These are my notes, and they are longer than a header of SQLite.".repeat(20) });
  expectMistake(
    await deputywatch(["replay", "x", "--memory", "sqlite:notes.db"], { cwd }),
    /notes\.db.*not a SQLite database/,
    /name a new file/,
  );
});

test("a process that was misused exits with 2 and says so on stderr alone", async () => {
  expectMistake(await deputywatch(["replya", "x"]), /unknown command 'replya'/, /did you mean replay\?/);
});

test("what is quoted from the command line cannot act on the terminal", async () => {
  const hostile = "\u001b[2J\u202edrowssap\u0007";
  for (const args of [
    [hostile],
    ["replay", `--${hostile}`],
    ["explain", hostile],
    ["replay", "x", "--since", hostile],
  ]) {
    const { code, out, err } = await typed(args);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain("\\u{1b}[2J\\u{202e}drowssap\\u{7}");
    expect(err).not.toMatch(/[\u001b\u202e\u0007]/);
  }
});

test("an external ID is made, digested and judged, and never quoted where it was not asked for", async () => {
  const made = await deputywatch(["external-id", "generate"]);
  const key = Buffer.alloc(32, 7).toString("base64");
  const args = ["external-id", "digest", "--key", "env:KEY"];
  const digested = await deputywatch(args, { input: made.out, env: { KEY: key } });
  expect(digested).toMatchObject({ code: 0, err: "" });
  expect(digested.out).toMatch(/^hmac-sha256:[0-9a-f]{64}\n$/);
  const slip = await deputywatch(["external-id", "strength", made.out.trim()]);
  expect(slip.code).toBe(2);
  expect(slip.out + slip.err).not.toContain(made.out.trim());
});
