import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { externalIdCommand } from "../../src/cli/commands/external-id.ts";
import { isMistake } from "../../src/config/mistake.ts";
import { digester } from "../../src/trail/external-id.ts";
import { screen } from "./screen.ts";

const KEY = Buffer.alloc(32, 7);
const SECRET = "7f3a9c1e-5b2d-4046-8abc-0123456789ab";

async function run(
  args: readonly string[],
  stdin = "",
): Promise<{ out: string; told: string; code: number | null; refused: boolean }> {
  let code: number | null = null;
  let told = "";
  const terminal = screen({ env: { KEY: KEY.toString("base64") }, stdin: () => Readable.from([Buffer.from(stdin)]) });
  const command = externalIdCommand(terminal, (chosen) => {
    code = chosen;
  });
  for (const each of [command, ...command.commands]) {
    each.exitOverride().configureOutput({ writeErr: (text) => (told += text), writeOut: (text) => (told += text) });
  }
  let refused = false;
  try {
    await command.parseAsync([...args], { from: "user" });
  } catch (error) {
    refused = true;
    told += isMistake(error) ? `${error.message} | ${error.hint ?? ""}` : String(error);
  }
  return { out: terminal.written.out, told: told + terminal.written.err, code, refused };
}

test("generate prints as many different random UUIDs as were asked for", async () => {
  const { out, code } = await run(["generate", "--count", "3"]);
  const ids = out.trimEnd().split("\n");
  expect(new Set(ids).size).toBe(3);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(code).toBe(0);
  expect((await run(["generate", "--count", "0"])).refused).toBe(true);
});

test.each(["", "\n", "\r\n"])("digest prints what the registry holds, whatever ends the line (%j)", async (end) => {
  const { out, code } = await run(["digest", "--key", "env:KEY"], SECRET + end);
  expect(out).toBe(`${digester(KEY).externalId(SECRET)}\n`);
  expect(code).toBe(0);
});

test.each([
  [SECRET, "strong: a random UUID (version 4)\n", 0],
  ["7f3a9c1e5b2d8046", "fair: random-looking, but less than 112 bits\n", 12],
  ["external-id-for-acme", "weak: words only\n", 13],
])("strength says how hard %s is to guess", async (id, out, code) => {
  expect(await run(["strength"], `${id}\n`)).toEqual({ out, told: "", code, refused: false });
  expect((await run(["strength", "--no-exit-code"], id)).code).toBe(0);
});

test("an ID on the command line is refused with a hint, and not repeated", async () => {
  for (const args of [
    ["digest", "--key", "env:KEY", SECRET],
    ["digest", "--key", "env:KEY", `--${SECRET}`],
    ["digest", SECRET],
    ["digest", "--key", SECRET],
    ["strength", SECRET],
    ["strength", "--", SECRET],
  ]) {
    const { out, told, code, refused } = await run(args, "another-external-id");
    expect([refused, out, code], args.join(" ")).toEqual([true, "", null]);
    expect(told).not.toContain(SECRET.slice(0, 8));
  }
  expect((await run(["strength", SECRET])).told).toContain("where ps and the shell's history keep them");
});

test.each([
  ["nothing", ""],
  ["one character", "a"],
  ["what AWS would refuse", "acme external id"],
  ["two lines", `${SECRET}\n${SECRET}\n`],
  ["more than 1,224 characters", "a1".repeat(700)],
])("%s on stdin is refused without being repeated", async (_, stdin) => {
  const { told, refused } = await run(["strength"], stdin);
  expect(refused).toBe(true);
  expect(told).toBe(
    "stdin does not hold an external ID | 2 to 1224 letters, digits and _+=,.@:/- on one line, and nothing else",
  );
});
