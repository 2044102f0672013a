import { spanText } from "../alerts/formats/layout.ts";
import type { Terminal } from "./terminal.ts";

const REDRAW_MS = 100;
const BAR_COLUMNS = 10;

/** How far a long run has come, on one line of stderr that redraws itself. Draws nothing where nobody looks. */
export interface Progress {
  /** Both are totals so far, not steps. `done` is in the unit of the total. Draws at most ten times a second. */
  readonly update: (done: number, records: number) => void;
  /** Wipes the line, so that what is written next starts on a clean one. May be called again. */
  readonly end: () => void;
}

/** What the run will have done at its end; `total` null where nobody can know, as with a queue or an API's pages. */
export interface Extent {
  readonly unit: "files" | "bytes" | "roles";
  readonly total: number | null;
}

/** A progress line that starts now. Rates and the time left are means over the whole run. */
export function progress(terminal: Terminal, extent: Extent): Progress {
  if (!terminal.live) return { update: () => undefined, end: () => undefined };
  const startMs = terminal.now();
  let drawnMs = Number.NEGATIVE_INFINITY;
  let drawnColumns = 0;
  const draw = (line: string): void => {
    terminal.err(`\r${line.padEnd(drawnColumns)}${line === "" ? "\r" : ""}`);
    drawnColumns = line.length;
  };
  return {
    update: (done, records) => {
      const nowMs = terminal.now();
      if (Math.abs(nowMs - drawnMs) < REDRAW_MS) return;
      drawnMs = nowMs;
      draw(lineOf(extent, done, records, nowMs - startMs).slice(0, terminal.columns - 1));
    },
    end: () => {
      if (drawnColumns > 0) draw("");
    },
  };
}

/** What matters most comes first, because a narrow terminal cuts the end off. */
function lineOf({ unit, total }: Extent, done: number, records: number, elapsedMs: number): string {
  const perSecond = elapsedMs > 0 ? Math.round((records * 1000) / elapsedMs) : 0;
  const read = unit === "roles" ? "" : `  ${grouped(records)} records, ${grouped(perSecond)}/s`;
  const [amount, unitName] = unit === "bytes" ? [megabytes, "MB"] : [grouped, unit];
  if (total === null) return `${amount(done)} ${unitName}, ${spanText(elapsedMs)} so far${read}`;
  const share = total === 0 ? 1 : Math.min(done / total, 1);
  const bar = "#".repeat(Math.floor(share * BAR_COLUMNS)).padEnd(BAR_COLUMNS, ".");
  const left = share === 0 ? "" : `, ${spanText((elapsedMs * (1 - share)) / share)} left`;
  return `[${bar}] ${amount(done)}/${amount(total)} ${unitName}${left}${read}`;
}

function grouped(count: number): string {
  return count.toLocaleString("en-US");
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
