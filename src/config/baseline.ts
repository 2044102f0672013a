import { versionOf } from "../memory/version.ts";
import * as z from "zod";
import { emptyHistory } from "../baseline/learn.ts";
import { escapeJson } from "../alerts/escape.ts";
import { historyLattice, type History } from "../memory/history.ts";
import { withoutPath } from "../trail/arn.ts";
import { mistake } from "./mistake.ts";

/** What is usual, learned once and kept in a file: an immutable input of judging, named on every alert that it led to. */
export interface Baseline {
  /** Twelve hex digits that change with whatever the file holds. */
  readonly version: string;
  /** Empty where nothing was learned of the subject. */
  readonly historyOf: (memo: string, subject: string) => History;
}

/** What was learned of one subject, an outbound role by its ARN or its unique id: `memo` says what about it. */
export interface Learned {
  readonly memo: string;
  readonly subject: string;
  readonly history: History;
}

/** The UTC days that taught, as dates; null where there was none. */
export interface LearnedFrom {
  readonly first: string | null;
  readonly last: string | null;
  /** How many days something was learned from. */
  readonly days: number;
}

const VERSION = 1;

/**
 * The file's text: JSON, one history a line, always in one order, so that the same trail gives the same bytes. In it are
 * role ARNs, hashes of customers' roles, counts, and the shapes of session names, whose words callers have chosen.
 */
export function baselineText(learnedFrom: LearnedFrom, learned: readonly Learned[]): string {
  const { first, last, days } = learnedFrom;
  const lines = [...learned]
    .sort((a, b) => compareText(a.memo, b.memo) || compareText(a.subject, b.subject))
    .map(({ memo, subject, history }) => JSON.stringify({ memo, subject, history: historyLattice.encode(history) }));
  const head = `{ "version": ${VERSION}, "learnedFrom": ${JSON.stringify({ first, last, days })}, "histories": [`;
  return escapeJson([head, lines.join(",\n"), "] }", ""].join("\n"));
}

const number = z.number();
const day = z.string().regex(/^\d{1,6}$/);
const namesByDay = z.array(z.tuple([day, z.array(z.string().max(400))]));
const profile = z.strictObject({
  calls: number,
  inventory: number,
  sooner: number.nullable(),
  hours: z.record(z.string(), z.array(number)),
});
const fileSchema = z.strictObject({
  version: z.literal(VERSION),
  learnedFrom: z.strictObject({ first: z.string().nullable(), last: z.string().nullable(), days: number }),
  histories: z.array(
    z.strictObject({
      memo: z.string().min(1),
      subject: z.string().min(1),
      history: z.strictObject({
        profiles: z.array(z.tuple([day, profile])),
        habits: z.base64(),
        names: namesByDay,
        offNames: namesByDay,
      }),
    }),
  ),
});

const HINT = "make it anew with: deputywatch learn TRAIL --config deputywatch.yaml --out FILE";

/**
 * Reads what `baselineText` wrote. Throws a mistake for anything else, whole or in part: judging by half of what is usual
 * would accuse the other half. `file` is the name to show.
 */
export function readBaseline(text: string, file: string): Baseline {
  const json = parsed(text, file);
  const version = (json as { readonly version?: unknown } | null)?.version;
  if (typeof version === "number" && version > VERSION) {
    const hint = "update deputywatch, or make the baseline anew with this one";
    throw mistake(`${file}: a baseline of version ${version}, and this deputywatch reads ${VERSION}`, hint);
  }
  const checked = fileSchema.safeParse(json);
  if (!checked.success) {
    const path = checked.error.issues[0]?.path.map(String).join(".") ?? "";
    throw mistake(
      `${file}: not a baseline: ${path === "" ? "it has another form" : `${path} is not as learned`}`,
      HINT,
    );
  }
  const histories = new Map<string, History>();
  for (const { memo, subject, history } of checked.data.histories) {
    const key = keyOf(memo, subject);
    if (histories.has(key)) throw mistake(`${file}: not a baseline: ${memo} of one role is in it twice`, HINT);
    histories.set(key, decoded(history, `${file}: not a baseline: ${memo} of a role`));
  }
  return {
    version: versionOf(JSON.stringify(checked.data)),
    historyOf: (memo, subject) => histories.get(keyOf(memo, subject)) ?? emptyHistory(),
  };
}

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw mistake(`${file}: not a baseline: it is no whole JSON`, HINT, cause);
  }
}

function decoded(history: unknown, what: string): History {
  try {
    return historyLattice.decode(history);
  } catch (cause) {
    throw mistake(`${what} is damaged`, HINT, cause);
  }
}

/** A role may be written with its path or without. */
function keyOf(memo: string, subject: string): string {
  return `${memo} ${withoutPath(subject)}`;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
