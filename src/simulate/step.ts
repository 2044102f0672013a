import type { TrailRecord } from "./record.ts";

/**
 * Something that happens at a moment, before its records are made: a day is planned as many small steps, and only the
 * records that are being read exist.
 */
export interface Step {
  readonly timeMs: number;
  /** To be called once, in the order of time. */
  readonly write: () => readonly TrailRecord[];
}
