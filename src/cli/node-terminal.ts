import type { Terminal } from "./terminal.ts";

/** What a shell reports for a program that a closed pipe ended: 128 and SIGPIPE's 13. */
const BROKEN_PIPE = 141;
const NARROWEST = 60;
const WIDEST = 120;
const DEFAULT_COLUMNS = 80;

/**
 * The process's own terminal. `wantsColour` is false under `--no-color`; otherwise each stream has colour when it is a
 * terminal that is not dumb, and NO_COLOR is unset or empty. A reader of results that goes away (`… | head`) ends the
 * process quietly; where nobody reads what else is said, the work goes on. Made once, by the entry: it listens to the
 * process's streams. `out` rejects where the system refuses the text, as on a full disk.
 * @see https://no-color.org
 */
export function nodeTerminal(wantsColour = true): Terminal {
  const { stdout, stderr, env } = process;
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(BROKEN_PIPE);
  });
  stderr.on("error", () => undefined);
  const colourful = wantsColour && (env.NO_COLOR ?? "") === "" && env.TERM !== "dumb";
  return {
    out: (text) => write(stdout, text),
    err: (text) => {
      stderr.write(text);
    },
    live: isTerminal(stderr) && env.TERM !== "dumb",
    colour: { out: colourful && isTerminal(stdout), err: colourful && isTerminal(stderr) },
    columns: Math.min(Math.max(columnsOf(stdout) ?? columnsOf(stderr) ?? DEFAULT_COLUMNS, NARROWEST), WIDEST),
    env,
    stdin: () => process.stdin,
    now: () => Date.now(),
  };
}

/** Resolves when the system has taken the text: a pipe's slow reader so holds its writer back. */
function write(stream: NodeJS.WritableStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error?: NodeJS.ErrnoException | null) => {
      if (!error) resolve();
      else if (error.code !== "EPIPE") reject(new Error("standard output could not be written", { cause: error }));
    });
  });
}

/** False and undefined alike where a stream is a file or a pipe, which Node's types do not say. */
function isTerminal(stream: { readonly isTTY?: boolean }): boolean {
  return stream.isTTY === true;
}

/** A terminal that does not know its size says 0. */
function columnsOf(stream: { readonly columns?: number }): number | undefined {
  return stream.columns === 0 ? undefined : stream.columns;
}
