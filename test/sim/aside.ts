import { execFile } from "node:child_process";
import { join } from "node:path";
import type { Run } from "./run.ts";

/** Simulates in a process of its own, so that two cores are two runs. `root`: whose sources. */
export function simulateAside(
  { from, seeds, step }: { readonly from: number; readonly seeds: number; readonly step: number },
  root = join(import.meta.dirname, "../.."),
): Promise<Run> {
  const numbers = Object.entries({ from, seeds, step }).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const args = [join(root, "test/sim/run.ts"), ...numbers];
  return new Promise((done, reject) => {
    execFile(process.execPath, args, { cwd: root, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      const last = stdout.trim().split("\n").at(-1) ?? "";
      if (last.startsWith("{")) done(JSON.parse(last) as Run);
      else reject(new Error(`the simulation does not run: ${stderr.slice(0, 2000)}`, { cause: error }));
    });
  });
}
