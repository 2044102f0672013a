import { spawn } from "node:child_process";
import { once } from "node:events";

/** What a process left behind: its streams one character a byte. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a program of ours as a process with the environment given and nothing else of this one's. */
export async function run(
  entry: string,
  args: readonly string[],
  around: { readonly cwd: string; readonly env: Readonly<Record<string, string>>; readonly input?: string },
): Promise<Ended> {
  const child = spawn(process.execPath, [entry, ...args], {
    cwd: around.cwd,
    env: { PATH: process.env.PATH, ...around.env },
    timeout: 180_000,
    killSignal: "SIGKILL",
  });
  const read = { out: "", err: "" };
  child.stdout.setEncoding("latin1").on("data", (text: string) => (read.out += text));
  child.stderr.setEncoding("latin1").on("data", (text: string) => (read.err += text));
  child.stdin.on("error", () => undefined).end(around.input);
  const [code] = (await once(child, "close")) as [number | null];
  return { code, ...read };
}
