import type { Dice } from "../../src/simulate/dice.ts";

/** A message as a standard queue keeps it. */
interface Kept {
  readonly id: string;
  readonly body: string;
  readonly sentMs: number;
  visibleMs: number;
  receives: number;
}

export interface Received {
  readonly id: string;
  readonly body: string;
  readonly receives: number;
  readonly sentMs: number;
}

/**
 * SQS as it is documented: at least once, in no order, each message hidden for a while from who did not receive it, and
 * set aside after too many receives.
 */
export interface SimQueue {
  readonly send: (id: string, body: string, atMs: number) => void;
  readonly receive: (max: number) => Promise<readonly Received[]>;
  readonly remove: (ids: readonly string[]) => Promise<void>;
  readonly size: () => number;
  readonly deadLetters: () => readonly string[];
}

export function simQueue(
  now: () => number,
  chance: Dice,
  { visibilityMs, maxReceives }: { readonly visibilityMs: number; readonly maxReceives: number },
): SimQueue {
  const kept = new Map<string, Kept>();
  const dead = new Map<string, Kept>();
  return {
    send: (id, body, atMs) => {
      kept.set(id, { id, body, sentMs: atMs, visibleMs: atMs, receives: 0 });
    },
    receive: (max) => {
      const visible: Kept[] = [];
      for (const message of kept.values()) if (message.visibleMs <= now()) visible.push(message);
      const taken: Kept[] = [];
      while (visible.length > 0 && taken.length < max) {
        const [message] = visible.splice(chance.below(visible.length), 1);
        if (message === undefined) break;
        message.receives++;
        if (message.receives > maxReceives) {
          kept.delete(message.id);
          dead.set(message.id, message);
          continue;
        }
        message.visibleMs = now() + visibilityMs;
        taken.push(message);
      }
      return Promise.resolve(taken.map(({ id, body, receives, sentMs }) => ({ id, body, receives, sentMs })));
    },
    remove: (ids) => {
      for (const id of ids) kept.delete(id);
      return Promise.resolve();
    },
    size: () => kept.size,
    deadLetters: () => [...dead.keys()],
  };
}
