import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { rangesCommand } from "../../src/cli/commands/ranges.ts";
import type { Terminal } from "../../src/cli/terminal.ts";

const folder = mkdtempSync(join(tmpdir(), "ranges-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const PUBLISHED_MS = Date.UTC(2026, 0, 1);

function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

/** Runs the command as the CLI would; `{}` stands for the folder of the lists. */
async function run(...words: string[]): Promise<{ out: string; err: string; code: number | undefined }> {
  const seen: { out: string; err: string; code: number | undefined } = { out: "", err: "", code: undefined };
  const terminal: Terminal = {
    out: (text) => {
      seen.out += text.replaceAll(folder, "{}");
      return Promise.resolve();
    },
    err: (text) => {
      seen.err += text.replaceAll(folder, "{}");
    },
    live: false,
    colour: { out: false, err: false },
    columns: 80,
    env: {},
    stdin: async function* () {
      // Nothing is piped in.
    },
    now: () => PUBLISHED_MS + 5 * 3_600_000,
  };
  const command = rangesCommand(terminal, (code) => {
    seen.code = code;
  });
  await command.parseAsync(words, { from: "user" });
  return seen;
}

const vendor = file("vendor.json", {
  syncToken: String(PUBLISHED_MS / 1000),
  prefixes: [
    { ip_prefix: "198.51.100.0/24", region: "us-east-1", service: "AMAZON" },
    { ip_prefix: "198.51.100.65/27", region: "us-east-1", service: "EC2" },
    { ip_prefix: "0.0.0.0/0", region: "\u001b[31mnowhere", service: "EC2" },
  ],
  ipv6_prefixes: [{ ipv6_prefix: "2001:db8::/48", region: "eu-west-1", service: "EC2" }],
});
const lines = file("lines.txt", "203.0.113.0/24\n203.0.113.0/24\n");
const page = file("page.html", "<html>\u202esign in</html>");

test("check tells what a list holds, how old it is and what is wrong in it", async () => {
  const { out, err, code } = await run("check", vendor, lines, "--max-age", "365d");
  expect(code).toBe(1);
  expect(err).toBe("");
  expect(out).toMatchInlineSnapshot(`
    "{}/vendor.json: json, version 1767225600, published 2026-01-01T00:00:00.000Z (5 h ago)
      IPv4: 2 ranges, 256 addresses
      IPv6: 1 range, 65,536 /64 networks
      overlap: 0 listed again, 1 within another; the most specific one counts
      found at: prefixes[].ip_prefix (2), ipv6_prefixes[].ipv6_prefix (1)
      rejected: 1
        prefixes[2].ip_prefix "0.0.0.0/0": wider than /8, more than any vendor owns

    {}/lines.txt: text, no version, of unknown age
      IPv4: 1 range, 256 addresses
      IPv6: 0 ranges, 0 /64 networks
      overlap: 1 listed again, 0 within another; the most specific one counts
      perhaps too old: it does not tell its age; what a stale list lacks looks like an intruder
    "
  `);
});

test("check: 0 for a fresh list, 1 for an old one, 2 for one without a range", async () => {
  expect((await run("check", vendor)).code).toBe(0);
  expect((await run("check", vendor, "--max-age", "5h")).code).toBe(0);
  expect((await run("check", vendor, "--max-age", "299m")).code).toBe(1);
  expect((await run("check", lines)).code).toBe(0);
  const { out, code } = await run("check", vendor, page, "--max-age", "1h");
  expect(code).toBe(2);
  expect(out).toContain('"<html>\\u{202e}sign in</html>": a web page');
});

test("check shows the first ten rejects, cut and escaped, and counts the rest", async () => {
  const bad = file("bad.json", ["192.0.2.1", ...Array.from({ length: 12 }, () => `\u0007${"x".repeat(200)}`)]);
  const { out, code } = await run("check", bad);
  expect(code).toBe(0);
  expect(out).toContain("rejected: 12\n");
  expect(out).toContain(`  [10] "\\u{7}${"x".repeat(79)}…": not an IPv4 or IPv6 address\n`);
  expect(out).not.toContain("[11]");
  expect(out).toContain("    and 2 more\n");
});

test("show prints each range once, in its canonical form", async () => {
  const { out, err, code } = await run("show", vendor, lines);
  expect(code).toBe(0);
  expect(err).toBe("{}/vendor.json: 1 rejected; `ranges check` names them\n");
  expect(out).toBe(
    [
      "198.51.100.0/24\tus-east-1\tAMAZON\t{}/vendor.json",
      "198.51.100.64/27\tus-east-1\tEC2\t{}/vendor.json",
      "2001:db8::/48\teu-west-1\tEC2\t{}/vendor.json",
      "203.0.113.0/24\t-\t-\t{}/lines.txt\n",
    ].join("\n"),
  );
});

test("a publisher's text cannot act on the terminal", async () => {
  const hostile = file("hostile.json", {
    prefixes: [{ cidr: "192.0.2.0/24", region: "\u001b[2J", service: "a\u202eb\tc" }],
  });
  expect((await run("show", hostile)).out).toBe("192.0.2.0/24\t\\u{1b}[2J\ta\\u{202e}b\\u{9}c\t{}/hostile.json\n");
  const json = (await run("show", hostile, "--format", "json")).out;
  expect(json).toContain("a\\u202eb\\tc");
  expect(json).not.toContain("\u202e");
});

test("show --address names the most specific range of each list, and misses are a code of their own", async () => {
  const held = await run("show", vendor, lines, "--address", "198.51.100.70", "--address", "2001:db8:0:1::9");
  expect(held.code).toBe(0);
  expect(held.out).toBe(
    "198.51.100.70\t198.51.100.64/27\tus-east-1\tEC2\t{}/vendor.json\n" +
      "2001:db8:0:1::9\t2001:db8::/48\teu-west-1\tEC2\t{}/vendor.json\n",
  );
  const missed = await run("show", lines, "--address", "192.0.2.1", "--address", "203.0.113.1", "--format", "json");
  expect(missed.code).toBe(3);
  expect(JSON.parse(missed.out)).toEqual([
    { address: "192.0.2.1", cidr: null, region: null, service: null, file: null },
    { address: "203.0.113.1", cidr: "203.0.113.0/24", region: null, service: null, file: "{}/lines.txt" },
  ]);
});

test("show --select narrows, and a selector that selects nothing leaves nothing to show", async () => {
  expect((await run("show", vendor, "--select", "prefixes[service=EC2].ip_prefix")).out).toBe(
    "198.51.100.64/27\tus-east-1\tEC2\t{}/vendor.json\n",
  );
  expect(await run("show", vendor, "--select", "prefixes[service=S3]")).toMatchObject({ out: "", code: 3 });
});

test.each([
  [["check", join(folder, "absent.json")], "absent.json: there is no such file"],
  [["check", folder], "it is a folder"],
  [["check", vendor, "--select", "prefixes[service"], "--select: prefixes[service: neither [] nor [key=value] at 9"],
  [["check", vendor, "--max-age", "two days"], '--max-age: "two days" is no duration'],
  [["show", vendor, "--address", "10.0.0.07"], '--address: "10.0.0.07" is no IPv4 or IPv6 address'],
  [["show", vendor, "--format", "xml"], '--format: "xml" is no format of this command'],
])("%j is the user's mistake, with a hint", async (words, message) => {
  await expect(run(...words)).rejects.toMatchObject({
    name: "Mistake",
    message: expect.stringContaining(message) as string,
    hint: expect.any(String) as string,
  });
});
