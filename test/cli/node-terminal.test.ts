import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import { once } from "node:events";
import { expect, test } from "vitest";

const MODULE = new URL("../../src/cli/node-terminal.ts", import.meta.url).href;

/** A process of its own, because a closed pipe ends the process that writes to it. */
function run(body: string, out: "pipe" | number = "pipe"): ChildProcess {
  const source = `import { nodeTerminal } from ${JSON.stringify(MODULE)}; const terminal = nodeTerminal(); ${body}`;
  return spawn(process.execPath, ["--input-type=module", "--eval", source], {
    stdio: ["pipe", out, "pipe"],
  });
}

async function textOf(stream: NodeJS.ReadableStream | null): Promise<string> {
  let text = "";
  for await (const chunk of stream ?? []) text += String(chunk);
  return text;
}

test("a reader that goes away ends a long output quietly, at once, and not with a code that claims a result", async () => {
  const child = run(`for (;;) await terminal.out("x".repeat(65536) + "\\n");`);
  const closed = once(child, "close");
  const complaint = textOf(child.stderr);
  await once(child.stdout!, "data");
  child.stdout!.destroy();
  expect([(await closed)[0], await complaint]).toEqual([141, ""]);
});

test("where nobody reads the progress, the results still come", async () => {
  const child = run(`
    for (let line = 0; line < 100; line++) {
      terminal.err("x".repeat(65536));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await terminal.out("results");
  `);
  child.stderr!.destroy();
  expect(await textOf(child.stdout)).toBe("results");
});

const FULL = "/dev/full";

test.skipIf(!existsSync(FULL))("a full disk is told as what it is (where the system has /dev/full)", async () => {
  const full = openSync(FULL, "w");
  const child = run(
    `try { await terminal.out("x"); } catch (error) { terminal.err(error.message + ": " + error.cause.code); }`,
    full,
  );
  expect(await textOf(child.stderr)).toBe("standard output could not be written: ENOSPC");
  closeSync(full);
});

test("a slow reader holds the writer back: what is not read is not piled up", async () => {
  const child = run(`
    let taken = 0;
    setTimeout(() => { terminal.err(String(taken)); process.exit(0); }, 500);
    for (;;) { await terminal.out("x".repeat(1_000_000)); taken++; }
  `);
  child.stdout!.pause();
  expect(Number(await textOf(child.stderr))).toBeLessThan(5);
});

test("a pipe is no live terminal, has no colour, and is 80 columns wide", async () => {
  const child = run(`await terminal.out(JSON.stringify([terminal.live, terminal.colour, terminal.columns]));`);
  expect(JSON.parse(await textOf(child.stdout))).toEqual([false, { out: false, err: false }, 80]);
});

test("standard input arrives as bytes", async () => {
  const child = run(`
    let bytes = 0;
    for await (const chunk of terminal.stdin()) bytes += chunk.length;
    await terminal.out(String(bytes));
  `);
  child.stdin!.end("ž".repeat(1000));
  expect(await textOf(child.stdout)).toBe("2000");
});
