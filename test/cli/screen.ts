import { Readable } from "node:stream";
import type { Terminal } from "../../src/cli/terminal.ts";

/** A terminal that remembers what it was told, with a clock that the test moves. */
export interface Screen extends Terminal {
  readonly written: { out: string; err: string };
  readonly clock: { nowMs: number };
}

export function screen(extra: Partial<Terminal> = {}): Screen {
  const written = { out: "", err: "" };
  const clock = { nowMs: Date.parse("2026-11-21T03:00:00Z") };
  return {
    written,
    clock,
    out: (text) => {
      written.out += text;
      return Promise.resolve();
    },
    err: (text) => {
      written.err += text;
    },
    live: true,
    colour: { out: false, err: false },
    columns: 80,
    env: {},
    stdin: () => Readable.from([]),
    now: () => clock.nowMs,
    ...extra,
  };
}
