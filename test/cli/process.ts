import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

/** The command line's entry, as a path. */
export const ENTRY = join(import.meta.dirname, "../../src/cli/main.ts");

/** What a process left behind. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  /** How long it went on after Ctrl-C, else how long it ran. */
  readonly endedAfterMs: number;
}

export interface Around {
  readonly cwd?: string;
  /** Standard input; nothing where absent. */
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  /** Ctrl-C is pressed this long after the first word on stderr. */
  readonly interruptAfterMs?: number;
  /** Ctrl-C is pressed when this resolves. */
  readonly interruptWhen?: Promise<unknown>;
}

/** Runs the command line as its users do: as a process, with pipes for its three streams. */
export async function deputywatch(args: readonly string[], around: Around = {}): Promise<Ended> {
  const child = spawn(process.execPath, [ENTRY, ...args], {
    cwd: around.cwd ?? tmpdir(),
    env: { PATH: process.env.PATH, ...around.env },
    timeout: 25_000,
    killSignal: "SIGKILL",
  });
  const read = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (read.out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (read.err += text));
  child.stdin.on("error", () => undefined).end(around.input);
  const { interruptAfterMs } = around;
  let interruptedMs = performance.now();
  const interrupt = (): void => {
    interruptedMs = performance.now();
    child.kill("SIGINT");
  };
  if (interruptAfterMs !== undefined) child.stderr.once("data", () => setTimeout(interrupt, interruptAfterMs));
  void around.interruptWhen?.then(interrupt);
  const [code] = (await once(child, "close")) as [number | null];
  if (/^\s+at .*:\d+/m.test(read.err)) throw new Error(`a stack trace on stderr:\n${read.err}`);
  return { code, ...read, endedAfterMs: performance.now() - interruptedMs };
}

/** A folder with these files, gone when the test is over. */
export function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(join(tmpdir(), "deputywatch-cli-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}
