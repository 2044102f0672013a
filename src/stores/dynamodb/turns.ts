/** Work on one key, one after another, as it was asked for; on different keys at the same time. */
export type InTurn = <T>(key: string, work: () => Promise<T>) => Promise<T>;

/** A process that raced with itself for a cell would pay for every collision. */
export function turns(): InTurn {
  const last = new Map<string, Promise<unknown>>();
  return async (key, work) => {
    const mine = (last.get(key) ?? Promise.resolve()).then(work, work);
    last.set(key, mine);
    try {
      return await mine;
    } finally {
      if (last.get(key) === mine) last.delete(key);
    }
  };
}
