import type { Dice } from "../../src/simulate/dice.ts";
import type { Scheduler } from "./scheduler.ts";

/** A process that can die: from then on nothing it waits for ever comes. */
export interface Process {
  readonly isDead: () => boolean;
  readonly die: () => void;
}

export function startProcess(onDeath: () => void): Process {
  let dead = false;
  return {
    isDead: () => dead,
    die: () => {
      if (dead) return;
      dead = true;
      onDeath();
    },
  };
}

/** What goes wrong with one step into the world, decided before it is taken. */
export interface Misfortune {
  readonly crash: "before" | "after" | null;
  /** Refused without effect, as by throttling or an outage. */
  readonly refused: boolean;
  /** Done, and then told as a failure. */
  readonly answerLost: boolean;
  readonly delayMs: number;
}

export const FORTUNATE: Misfortune = { crash: null, refused: false, answerLost: false, delayMs: 1 };

/** Decides on the fate of each step, by what it is. */
export type Fate = (what: string) => Misfortune;

export interface Toll {
  steps: number;
  crashes: number;
  refusals: number;
  answersLost: number;
}

/** How often things go wrong, in thousandths of a step. */
export interface Odds {
  readonly crash: number;
  readonly refused: number;
  readonly answerLost: number;
  readonly slowestMs: number;
}

/** Fate by dice; after `healedMs` nothing goes wrong any more. `outages` refuse every step of the store and the outbox. */
export function fateOf(
  chance: Dice,
  odds: Odds,
  now: () => number,
  healedMs: number,
  outages: readonly { readonly fromMs: number; readonly toMs: number; readonly what: RegExp }[],
): Fate {
  return (what) => {
    const nowMs = now();
    if (nowMs >= healedMs) return FORTUNATE;
    const delayMs = 1 + chance.below(odds.slowestMs);
    const down = outages.some((outage) => nowMs >= outage.fromMs && nowMs < outage.toMs && outage.what.test(what));
    const drawn = chance.below(1000);
    const crash = drawn < odds.crash ? (drawn % 2 === 0 ? "before" : "after") : null;
    return {
      crash,
      refused: down || chance.below(1000) < odds.refused,
      answerLost: chance.below(1000) < odds.answerLost,
      delayMs,
    };
  };
}

/** The same object, each of whose calls is a step into the world that can go wrong, taken by a process that can die. */
export function throughFaults<T extends object>(
  target: T,
  label: string,
  world: { readonly process: Process; readonly fate: Fate; readonly time: Scheduler; readonly toll: Toll },
): T {
  const step = async (what: string, effect: () => unknown): Promise<unknown> => {
    const { process, fate, time, toll } = world;
    const wait = async (ms: number): Promise<void> => {
      await time.sleep(ms);
      if (process.isDead()) await never();
    };
    if (process.isDead()) await never();
    const { crash, refused, answerLost, delayMs } = fate(what);
    toll.steps++;
    if (crash === "before") return await died(process, toll);
    await wait(delayMs);
    if (refused) {
      toll.refusals++;
      throw new Error(`${what}: refused`);
    }
    const answer = await effect();
    if (crash === "after") return await died(process, toll);
    if (answerLost) {
      toll.answersLost++;
      throw new Error(`${what}: no answer`);
    }
    return answer;
  };
  const faulty: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(target) as [string, unknown][]) {
    faulty[name] =
      typeof value === "function"
        ? (...args: unknown[]) => step(`${label}.${name}`, () => (value as (...all: unknown[]) => unknown)(...args))
        : value;
  }
  return faulty as T;
}

function died(process: Process, toll: Toll): Promise<never> {
  toll.crashes++;
  process.die();
  return never();
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
