/** The world as a command sees it: an argument, so that tests can watch a command without a process. */
export interface Terminal {
  /** Results. Resolves when the reader has taken them. */
  readonly out: (text: string) => Promise<void>;
  /** Everything else: progress, summary, warnings. */
  readonly err: (text: string) => void;
  /** Whether stderr is a terminal that a progress bar may redraw. */
  readonly live: boolean;
  /** Whether stdout / stderr want colour: a terminal, and neither NO_COLOR nor --no-color. */
  readonly colour: { readonly out: boolean; readonly err: boolean };
  readonly columns: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: () => AsyncIterable<Uint8Array>;
  /** Wall clock in epoch milliseconds, for progress, and for what must not lie in the future. */
  readonly now: () => number;
}
