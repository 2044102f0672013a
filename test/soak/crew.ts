import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { noToll, type Toll } from "./misfortune.ts";

/** What a worker is to do. */
export interface Errand {
  readonly endpoint: string;
  readonly dynamodbEndpoint: string;
  readonly queueUrl: string;
  readonly tables: { readonly memory: string; readonly outbox: string };
  readonly configPath: string;
  /** A folder. */
  readonly quarantine: string;
  /** A folder where Node keeps what it has compiled, so that a worker is at work before the next kill. */
  readonly compiled: string;
  readonly seed: number;
  /** Its number: each life has its own chance. */
  readonly life: number;
  /** Whether its requests go wrong from the start. */
  readonly ill: boolean;
}

/** `heal`: nothing goes wrong any more. `end`: finish the batch. */
export type ToWorker = "heal" | "end";

/** What a worker tells of itself, again and again. */
export interface FromWorker {
  readonly rssBytes: number;
  readonly toll: Toll;
  /** What had to be tried again. */
  readonly failures: number;
}

/** A worker from its start to its end. */
export interface Life {
  readonly samples: { readonly atMs: number; readonly rssBytes: number }[];
  toll: Toll;
  failures: number;
}

/** Some workers, each replaced as soon as it is killed. */
export interface Crew {
  readonly size: number;
  readonly lives: readonly Life[];
  /** Kills the worker at this place of the crew, which has no time to do anything about it, and starts the next. */
  readonly kill: (place: number) => Promise<void>;
  /** Nothing goes wrong any more, for those at work and for those to come. */
  readonly heal: () => void;
  /** Ends all of them, in peace where they can. */
  readonly end: () => Promise<void>;
}

/** Who does not end in this time is not waited for. */
const PATIENCE_MS = 30_000;
/**
 * Its memory is bounded as that of a function of 256 MB would be: left to itself, V8 takes whatever the machine has for
 * its nursery and is in no hurry to collect the rest, which cannot be told from a leak.
 */
const MEMORY = ["--max-old-space-size=230", "--max-semi-space-size=12"];
const WORKER = join(import.meta.dirname, "worker.ts");

/** Starts so many workers. Whoever dies by itself is reported to `onDeath` and not replaced. */
export function startCrew(size: number, errand: Omit<Errand, "life" | "ill">, onDeath: (reason: string) => void): Crew {
  const lives: Life[] = [];
  let ill = true;
  let ending = false;
  const start = (): ChildProcess => {
    const life: Life = { samples: [], toll: noToll(), failures: 0 };
    const told: Errand = { ...errand, life: lives.push(life), ill };
    const worker = fork(WORKER, [JSON.stringify(told)], {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      execArgv: MEMORY,
      env: { ...process.env, NODE_COMPILE_CACHE: errand.compiled },
    });
    worker.on("message", ({ rssBytes, toll, failures }: FromWorker) => {
      life.samples.push({ atMs: performance.now(), rssBytes });
      life.toll = toll;
      life.failures = failures;
    });
    worker.once("exit", (code, signal) => {
      if (signal !== "SIGKILL" && !ending) onDeath(`a worker ended by itself (${code ?? signal ?? ""})`);
    });
    return worker;
  };
  const workers = Array.from({ length: size }, start);
  const tell = (word: ToWorker): void => {
    for (const worker of workers) if (worker.connected) worker.send(word);
  };
  return {
    ...{ size, lives },
    kill: async (place) => {
      const victim = workers[place];
      if (victim?.exitCode === null && victim.signalCode === null) {
        const gone = once(victim, "exit");
        victim.kill("SIGKILL");
        await gone;
      }
      workers[place] = start();
    },
    heal: () => {
      ill = false;
      tell("heal");
    },
    end: async () => {
      ending = true;
      const gone = workers
        .filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)
        .map((worker) => once(worker, "exit"));
      tell("end");
      const patience = setTimeout(() => {
        for (const worker of workers) worker.kill("SIGKILL");
      }, PATIENCE_MS);
      await Promise.all(gone);
      clearTimeout(patience);
    },
  };
}
