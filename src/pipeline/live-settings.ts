import { stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Renewal } from "../config/load.ts";
import { isStranger } from "../outbound/stranger.ts";
import type { Call } from "../trail/call.ts";
import { reasonOf } from "./reason.ts";
import type { Settings } from "./settings.ts";

/**
 * Settings while customers come and go: the registry is read again when it is old, and before a call is judged that
 * happened after it was read and went where it knows nobody. What cannot be read again is judged by as it was. A registry
 * that says what it said before leaves the settings the same value.
 */
export interface LiveSettings {
  /** As they are at hand. */
  readonly settings: () => Settings;
  /** To judge these calls by. Never rejects. */
  readonly forCalls: (calls: readonly Call[]) => Promise<Settings>;
  /** To tell this tenant by: an alert may be about one whom whoever found it had just read of. Never rejects. */
  readonly forTenant: (tenant: string) => Promise<Settings>;
  /** Why the registry is older than it should be; null: it is not. */
  readonly problem: () => string | null;
}

/** A change that no call asks for, such as another topic, is known after so long. */
const OLD_MS = 5 * 60_000;
/** Between two readings, however many strangers come: a flood of them must not become one of scans. */
const REST_MS = 5_000;
/** So long a reading is waited for; it goes on meanwhile, and serves whoever comes later. */
const PATIENCE_MS = 10_000;
/** One that takes so long never ends. */
const GIVEN_UP_MS = 60_000;

/** What was read, and when. */
interface Standing {
  settings: Settings;
  /** When the latest reading that came to something began. */
  readMs: number;
  /** Calls up to then had happened before that reading began, by whatever clock they are dated. */
  coversMs: number;
  /** When a reading was last begun. */
  begunMs: number;
  /** The file as it was, less its content; null: not known. */
  stamp: string | null;
  problem: string | null;
  reading: Promise<void> | null;
}

export function liveSettings(given: Settings, renewal: Renewal | null, now: () => number): LiveSettings {
  if (renewal === null) {
    const same = (): Promise<Settings> => Promise.resolve(given);
    return { settings: () => given, forCalls: same, forTenant: same, problem: () => null };
  }
  const { readMs } = renewal;
  const standing: Standing = {
    ...{ settings: given, readMs, coversMs: readMs, begunMs: Number.NEGATIVE_INFINITY },
    ...{ stamp: null, problem: null, reading: null },
  };

  /** Either way: a clock that was set back must not stop everything until it has caught up. */
  const isPast = (ms: number, lengthMs: number): boolean => Math.abs(now() - ms) >= lengthMs;
  const isOld = (): boolean => isPast(standing.readMs, OLD_MS);
  const mayBegin = (): boolean => isPast(standing.begunMs, standing.reading === null ? REST_MS : GIVEN_UP_MS);

  const begin = (upToMs: number): Promise<void> => {
    const begunMs = now();
    standing.begunMs = begunMs;
    const reading: Promise<void> = readAgain(renewal, standing).then(
      (found) => {
        // A later one was begun because this one took too long: what it found may be older.
        if (standing.reading !== reading) return;
        const coversMs = Math.max(begunMs, upToMs);
        Object.assign(standing, { ...found, readMs: begunMs, coversMs, problem: null, reading: null });
      },
      (error: unknown) => {
        if (standing.reading !== reading) return;
        standing.problem = `the registry could not be read again: ${reasonOf(error)}`;
        standing.reading = null;
      },
    );
    standing.reading = reading;
    return reading;
  };

  const renewed = async (upToMs: number): Promise<Settings> => {
    const reading = mayBegin() ? begin(upToMs) : standing.reading;
    if (reading !== null && !(await endsWithin(standing.begunMs + PATIENCE_MS - now(), reading))) {
      standing.problem = "the registry is being read for too long";
    }
    return standing.settings;
  };

  return {
    settings: () => standing.settings,
    forCalls: async (calls) => {
      const { coversMs, settings } = standing;
      let strangerMs = Number.NEGATIVE_INFINITY;
      for (const call of calls) {
        if (call.timeMs > Math.max(coversMs, strangerMs) && isStranger(call, settings.vendor)) strangerMs = call.timeMs;
      }
      return strangerMs > coversMs || isOld() ? renewed(strangerMs) : settings;
    },
    forTenant: async (tenant) => {
      const isKnown = standing.settings.vendor.registry?.knowsTenant(tenant) ?? false;
      return !isKnown || isOld() ? renewed(Number.NEGATIVE_INFINITY) : standing.settings;
    },
    problem: () => standing.problem,
  };
}

async function endsWithin(ms: number, work: Promise<void>): Promise<boolean> {
  const ended = new AbortController();
  const tooLong = sleep(Math.max(0, ms), false, { signal: ended.signal }).catch(() => true);
  const inTime = await Promise.race([work.then(() => true), tooLong]);
  ended.abort();
  return inTime;
}

/** What is there now. Rejects where it cannot be relied on, and where all customers are gone at once. */
async function readAgain(
  { file, read }: Renewal,
  { settings, stamp: before }: Standing,
): Promise<Pick<Standing, "settings" | "stamp">> {
  const stamp = file === null ? null : await stampOf(file);
  if (stamp !== null && stamp === before) return { settings, stamp };
  const vendor = await read();
  const { versions, registry } = settings.vendor;
  if (vendor.registry?.roles.length === 0 && registry?.roles.length !== 0) throw new Error("no customer is left in it");
  return { settings: vendor.versions.config === versions.config ? settings : { ...settings, vendor }, stamp };
}

/** Changes when the file does: each change of ours puts another file in its place. */
async function stampOf(file: string): Promise<string> {
  const { ino, size, mtimeMs } = await stat(file);
  return `${ino} ${size} ${mtimeMs}`;
}
