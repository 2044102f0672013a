import type { Desk } from "../../../src/pipeline/tenancy/desk.ts";
import type { Purging } from "../../../src/pipeline/tenancy/purge.ts";
import type { Purge } from "../../../src/stores/purge/purge.ts";

/** What a killed process ends with here. */
export const KILLED = "killed";

/** Counts moments before and after writes, and dies at one of them. */
export interface Fuse {
  readonly isBurnt: () => boolean;
  readonly around: <A extends unknown[], R>(write: (...given: A) => Promise<R>) => (...given: A) => Promise<R>;
}

export function fuse(moment: number): Fuse {
  let next = 0;
  let burnt = false;
  const pass = (): void => {
    if (next++ !== moment) return;
    burnt = true;
    throw new Error(KILLED);
  };
  return {
    isBurnt: () => burnt,
    around:
      (write) =>
      async (...given) => {
        pass();
        const answer = await write(...given);
        pass();
        return answer;
      },
  };
}

/** A desk that dies at the fuse's moment. */
export function mortalDesk(desk: Desk, { around }: Fuse): Desk {
  const { registrations, vault, closeFeed } = desk;
  return {
    ...desk,
    closeFeed: around(closeFeed),
    vault: { ...vault, forget: around(vault.forget) },
    registrations: {
      ...registrations,
      replace: around(registrations.replace),
      remove: around(registrations.remove),
      keepDeletion: around(registrations.keepDeletion),
    },
  };
}

export function mortalPurging(purging: Purging, { around }: Fuse): Purging {
  return { ...purging, purges: purging.purges.map((forget) => around(forget)) };
}

/** A purge that dies in its midst, once it has asked of so many texts whether they name anybody. */
export function dyingWithin(forget: Purge, texts: number): Purge {
  let left = texts;
  return (names) =>
    forget((text) => {
      if (left-- === 0) throw new Error(KILLED);
      return names(text);
    });
}

/** How often a purge asks. */
export function counting(forget: Purge): { readonly purge: Purge; readonly asked: () => number } {
  let asked = 0;
  const purge: Purge = (names) =>
    forget((text) => {
      asked++;
      return names(text);
    });
  return { purge, asked: () => asked };
}
