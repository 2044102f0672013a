/** How much of a test is run, and from which draw on. */
export interface Sizing {
  readonly seed: number;
  /** A tenth of the sizes. */
  readonly quick: boolean;
  /** The share of the full sizes: 1, a tenth when quick, less where only the card itself is under test. */
  readonly scale: number;
}

/** What a test came to. VACUOUS: nothing failed, and too little was put to the test to say so; it counts as failed. */
export interface Outcome {
  readonly verdict: "PASS" | "FAIL" | "VACUOUS";
  readonly figure: number;
  /** Of the figure, in one word. */
  readonly unit: string;
  /** Why it is not a pass, with what replays it. */
  readonly detail?: string | undefined;
}

/** One line of the card. */
export interface ScorecardTest {
  readonly id: `T${string}`;
  readonly part: "A" | "B" | "C" | "D" | "E" | "F";
  readonly title: string;
  readonly run: (sizing: Sizing) => Promise<Outcome>;
}

/** A full size at this scale, and never nothing. */
export function sized(full: number, { scale }: Sizing): number {
  return Math.max(1, Math.round(full * scale));
}
