import { Readable } from "node:stream";
import { run } from "../../src/cli/run.ts";
import { screen } from "./screen.ts";

interface Around {
  readonly cwd?: string;
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs the command line in this process, as if from a folder and with an environment of its own: for what is not about
 * being a process, at a tenth of a process's time. The SDK sees the environment too.
 */
export async function within(args: readonly string[], { cwd, input = "", env = {} }: Around = {}) {
  const before = { cwd: process.cwd(), env: process.env };
  const terminal = screen({ env, live: false, stdin: () => Readable.from([Buffer.from(input)]), now: Date.now });
  if (cwd !== undefined) process.chdir(cwd);
  process.env = { ...before.env, ...env };
  try {
    return { code: await run(args, terminal), ...terminal.written };
  } finally {
    process.chdir(before.cwd);
    process.env = before.env;
  }
}
