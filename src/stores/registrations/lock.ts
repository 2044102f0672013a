import { setTimeout as sleep } from "node:timers/promises";
import { mistake } from "../../config/mistake.ts";
import { lockFile } from "../sqlite-file.ts";

const RETRY_MS = 20;
const PATIENCE_MS = 10_000;

/**
 * Does the work while nobody else, in this process or another, works under the same path. The lock is the operating
 * system's, on an empty file beside the path that stays there, so it ends with its holder, however that ended. Waits for
 * up to ten seconds; throws a mistake where another keeps it.
 */
export async function locked<T>(path: string, work: () => Promise<T>): Promise<T> {
  const lock = `${path}.lock`;
  const untilMs = Date.now() + PATIENCE_MS;
  for (;;) {
    const release = lockFile(lock);
    if (release !== null) {
      try {
        return await work();
      } finally {
        release();
      }
    }
    if (Date.now() > untilMs) {
      const seconds = PATIENCE_MS / 1000;
      throw mistake(`another process has kept ${path} locked for ${seconds} s`, "wait until it has ended");
    }
    await sleep(RETRY_MS);
  }
}
