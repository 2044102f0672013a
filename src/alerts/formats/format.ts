import type { Alert } from "../alert.ts";
import { csv } from "./csv.ts";
import { json, ndjson } from "./json.ts";
import { text } from "./text.ts";

/** How the reader's terminal looks; formats for machines do not care. */
export interface Look {
  /** Width to wrap at, in characters. */
  readonly columns: number;
  readonly colour: boolean;
}

/** A shape of what `replay` writes to stdout. `name` is what `--format` takes. */
export interface Format {
  readonly name: string;
  /** The whole output, ending in a line break unless it is empty. Safe to show on a terminal, whatever the alerts hold. */
  readonly contentFor: (alerts: readonly Alert[], look: Look) => string;
}

/** Every format, the default first. */
export const FORMATS: readonly Format[] = [text, json, ndjson, csv];
