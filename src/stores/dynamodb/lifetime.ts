/** How long items live, in epoch seconds, as DynamoDB's TTL counts. */
export interface Lifetime {
  readonly now: () => number;
  /** When an item that is written now expires. */
  readonly end: () => number;
  /** TTL deletes late, so what is over may still be read: it counts as absent. */
  readonly isOver: (expires: number) => boolean;
  /**
   * Less than half of its life is left. What is merged is kept for half a lifetime at the least, though it was there
   * already and nothing had to be written: what is worn is written once more.
   */
  readonly isWorn: (expires: number) => boolean;
}

export function lifetime(nowMs: () => number, retentionMs: number): Lifetime {
  const now = (): number => Math.floor(nowMs() / 1000);
  const retention = Math.ceil(retentionMs / 1000);
  return {
    now,
    end: () => now() + retention,
    isOver: (expires) => expires <= now(),
    isWorn: (expires) => expires - now() < retention / 2,
  };
}
