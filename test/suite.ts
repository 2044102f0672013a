import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What lives as long as the suite: a folder with the numbers of the processes that its workers leave running. */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "deputywatch-suite-"));
  process.env.SUITE_PROCESSES = folder;
  return () => {
    for (const pid of readdirSync(folder)) {
      try {
        process.kill(Number(pid));
      } catch {
        // It is gone already.
      }
    }
    rmSync(folder, { recursive: true });
  };
}
