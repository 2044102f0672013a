import type { Excess } from "../baseline/unusual.ts";
import type { Evidence } from "../memory/cell.ts";
import type { Hit, Window } from "../memory/window.ts";
import type { Vendor } from "../outbound/vendor.ts";
import { findingOfHits } from "./assumptions.ts";
import type { Finding } from "./detector.ts";

/**
 * The finding that a day's windows beyond their limits make together: their calls, and for each length the most that was
 * counted, with what is usual there. Null where there is none.
 */
export function findingOfExcesses(
  window: Window,
  excesses: readonly Excess[],
  noun: string,
  vendor: Vendor,
): Pick<Finding, "evidence" | "sampledMs" | "byPast"> | null {
  if (excesses.length === 0) return null;
  const hits = new Set<Hit>();
  for (const { window: counted } of excesses) for (const hit of counted.hits) hits.add(hit);
  const found = findingOfHits(window, [...hits], vendor);
  for (const { measure, window: counted, limit } of excesses) {
    const name = `${noun}In${spanName(counted.spanMs)}`;
    raise(found.evidence, name, counted[measure]);
    raise(found.evidence, `${name}Usual`, Math.round(limit.mean * 10) / 10);
    raise(found.evidence, `${name}Limit`, limit.limit);
  }
  return { ...found, byPast: true };
}

/** `5Minutes`, `1Hours`, `24Hours`: how a measure names the length of its windows. */
function spanName(spanMs: number): string {
  return spanMs < 3_600_000 ? `${spanMs / 60_000}Minutes` : `${spanMs / 3_600_000}Hours`;
}

function raise({ measures }: Evidence, name: string, value: number): void {
  measures.set(name, Math.max(measures.get(name) ?? 0, value));
}

/** The shortest windows that went beyond their limit, in words: `412 within 5 minutes, where 31 are usual`. */
export function excessInWords({ measures }: Evidence, noun: string): string | null {
  for (const [span, words] of [
    ["5Minutes", "5 minutes"],
    ["1Hours", "an hour"],
    ["24Hours", "24 hours"],
  ] as const) {
    const most = measures.get(`${noun}In${span}`);
    if (most !== undefined)
      return `${most} within ${words}, where ${measures.get(`${noun}In${span}Usual`) ?? 0} are usual`;
  }
  return null;
}
