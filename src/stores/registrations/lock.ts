import { open, readFile, rm, stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { mistake } from "../../config/mistake.ts";

const RETRY_MS = 20;
const PATIENCE_MS = 10_000;
/** No change of ours takes so long: whoever left the lock so long ago is gone, whatever process has its number now. */
const ABANDONED_MS = 120_000;

/**
 * Does the work while a lock file beside the path says so to other processes. Waits for up to ten seconds; a lock whose
 * process is no more is taken over. Throws a mistake where another process keeps it.
 */
export async function locked<T>(path: string, work: () => Promise<T>): Promise<T> {
  const lock = `${path}.lock`;
  await take(lock, Date.now() + PATIENCE_MS);
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

async function take(lock: string, untilMs: number): Promise<void> {
  for (;;) {
    try {
      const file = await open(lock, "wx", 0o600);
      await file.writeFile(String(process.pid));
      await file.close();
      return;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
    if (await isAbandoned(lock)) await rm(lock, { force: true });
    else if (Date.now() > untilMs) {
      throw mistake(`${lock} is held by another process`, "wait for it; where none is running, remove that file");
    } else await sleep(RETRY_MS);
  }
}

async function isAbandoned(lock: string): Promise<boolean> {
  try {
    const pid = Number(await readFile(lock, "utf8"));
    const ageMs = Date.now() - (await stat(lock)).mtimeMs;
    if (ageMs > ABANDONED_MS) return true;
    // A lock that was made this instant does not say yet by whom.
    return pid > 0 && pid !== process.pid && !isRunning(pid);
  } catch {
    return false;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
