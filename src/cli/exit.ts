import { SEVERITIES, type Severity } from "../detectors/detector.ts";

/** Exit codes with meanings, so that a script can tell a quiet trail from an empty folder. */
export const EXIT = {
  /** Ran, nothing found. */
  quiet: 0,
  failed: 1,
  /** Bad usage or configuration. */
  usage: 2,
  /** No source matched, or no record was in it. */
  nothingRead: 3,
  low: 11,
  medium: 12,
  high: 13,
  critical: 14,
  /** What a shell reports for a program that Ctrl-C ended: 128 and SIGINT's 2. */
  interrupted: 130,
} as const satisfies Record<Severity | "quiet" | "failed" | "usage" | "nothingRead" | "interrupted", number>;

/** The code of the highest severity among these, or that of a quiet run where there is none. */
export function exitFor(found: Iterable<{ readonly severity: Severity }>): number {
  let worst = -1;
  for (const { severity } of found) worst = Math.max(worst, SEVERITIES.indexOf(severity));
  const severity = SEVERITIES[worst];
  return severity === undefined ? EXIT.quiet : EXIT[severity];
}
