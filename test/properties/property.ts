/** What one run of a property came to. */
export interface Run {
  /** Whether the run could have failed at all: a property that is seldom put to the test proves nothing. */
  readonly telling: boolean;
  /** What was met on the way, to be counted over all runs. */
  readonly marks?: Iterable<string>;
  /** The counterexample in words; none where the property held. */
  readonly broken?: string | undefined;
}

/** One run drawn from a seed, and from nothing else: the seed replays it. */
export type Property = (seed: number) => Run | Promise<Run>;

/** What many runs came to; of plain data, so that it may cross from one thread to another. */
export interface Findings {
  readonly runs: number;
  readonly telling: number;
  readonly marks: ReadonlyMap<string, number>;
  /** The first counterexample with the seed that replays it; null: the property held in all runs. */
  readonly broken: string | null;
}

/** Runs a property at the seeds from `seed` on, up to the first counterexample. What it throws is one. */
export async function check(property: Property, seed: number, runs: number): Promise<Findings> {
  const marks = new Map<string, number>();
  let telling = 0;
  for (let at = 0; at < runs; at++) {
    const run = await caught(property, seed + at);
    telling += run.telling ? 1 : 0;
    for (const mark of run.marks ?? []) marks.set(mark, (marks.get(mark) ?? 0) + 1);
    if (run.broken !== undefined)
      return { runs: at + 1, telling, marks, broken: `seed ${seed + at}: ${run.broken} (replay: --seed ${seed + at})` };
  }
  return { runs, telling, marks, broken: null };
}

async function caught(property: Property, seed: number): Promise<Run> {
  try {
    return await property(seed);
  } catch (cause) {
    return { telling: true, broken: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause) };
  }
}

/** What several shares of the runs came to together. */
export function together(shares: readonly Findings[]): Findings {
  const marks = new Map<string, number>();
  for (const share of shares) {
    for (const [mark, count] of share.marks) marks.set(mark, (marks.get(mark) ?? 0) + count);
  }
  return {
    runs: shares.reduce((sum, { runs }) => sum + runs, 0),
    telling: shares.reduce((sum, { telling }) => sum + telling, 0),
    marks,
    broken: shares.find(({ broken }) => broken !== null)?.broken ?? null,
  };
}
