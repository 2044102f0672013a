import { styleText } from "node:util";
import type { Alert } from "../alert.ts";
import { severityOf, type Difference } from "../difference.ts";
import { escapeJson, escapeText } from "../escape.ts";
import type { Look } from "./format.ts";
import { wrap } from "./layout.ts";

/** One side of a comparison, as it is named to the reader. */
export interface Side {
  /** The configuration's file as it was given; null: none. */
  readonly file: string | null;
  /** Content hash of the configuration, as on its alerts. */
  readonly version: string;
  /** How many alerts it makes, suppressed ones included. */
  readonly alerts: number;
}

/** Two configurations, and where they come to different alerts. */
export interface Comparison {
  readonly config: Side;
  readonly against: Side;
  readonly differences: readonly Difference[];
}

/** A shape of what `compare` writes to stdout. `name` is what `--format` takes. */
export interface DifferenceFormat {
  readonly name: string;
  /** The whole output. Safe to show on a terminal, whatever the alerts hold. */
  readonly contentFor: (comparison: Comparison, look: Look) => string;
}

/** Of a detector's alerts in a group, as many are shown to people; the formats for machines hold all. */
const EXAMPLES = 3;

const GROUPS = ["config", "against", "both"] as const;

const text: DifferenceFormat = {
  name: "text",
  contentFor: (comparison, look) =>
    comparison.differences.length === 0
      ? `No difference: ${counted(comparison.config.alerts)} under both.\n`
      : GROUPS.map((group) => groupText(group, comparison, look)).join("\n"),
};

/** One object: both sides, then the groups with their detectors, counts and alerts. */
const json: DifferenceFormat = {
  name: "json",
  contentFor: ({ config, against, differences }) => {
    const groups = GROUPS.map((group) => [GROUP_KEYS[group], byDetector(differences, group).map(detectorJson)]);
    const whole = { schemaVersion: 1, config, against, ...(Object.fromEntries(groups) as object) };
    return `${escapeJson(JSON.stringify(whole, null, 2))}\n`;
  },
};

const GROUP_KEYS = { config: "onlyUnderConfig", against: "onlyUnderAgainst", both: "differentUnderBoth" } as const;

function detectorJson([detector, differences]: readonly [string, readonly Difference[]]): object {
  return { detector, count: differences.length, alerts: differences.map(briefly) };
}

/** One difference a line. */
const ndjson: DifferenceFormat = {
  name: "ndjson",
  contentFor: ({ differences }) =>
    differences
      .map(
        (one) => `${escapeJson(JSON.stringify({ under: one.under, detector: one.alert.detector, ...briefly(one) }))}\n`,
      )
      .join(""),
};

/** Every format, the default first. */
export const DIFFERENCE_FORMATS: readonly DifferenceFormat[] = [text, json, ndjson];

/** What is shown of an alert: enough to judge whether it is missed. `against` is what the other side makes of it. */
function briefly(difference: Difference): object {
  const { id, severity, title, summary, tenant, firstSeen, suppressed } = difference.alert;
  const brief = { id, severity, title, summary, tenant, firstSeen, suppressed };
  if (difference.under !== "both") return brief;
  const { against } = difference;
  return { ...brief, against: { severity: against.severity, suppressed: against.suppressed } };
}

function byDetector(
  differences: readonly Difference[],
  group: Difference["under"],
): readonly (readonly [string, readonly Difference[]])[] {
  const own = differences.filter(({ under }) => under === group);
  return [...Map.groupBy(own, ({ alert }) => alert.detector)];
}

function groupText(group: Difference["under"], comparison: Comparison, look: Look): string {
  const detectors = byDetector(comparison.differences, group);
  const count = detectors.reduce((sum, [, own]) => sum + own.length, 0);
  const heading = `${headingOf(group, comparison)}: ${counted(count)}`;
  const lines = [look.colour ? styleText("bold", heading, { validateStream: false }) : heading];
  for (const [detector, own] of detectors) {
    lines.push(`  ${own.length} ${escapeText(detector)}: ${escapeText(own[0]?.alert.title ?? "")}`);
    for (const difference of own.slice(0, EXAMPLES)) lines.push(...exampleLines(difference, look));
    if (own.length > EXAMPLES) lines.push(`    and ${own.length - EXAMPLES} more`);
  }
  return `${lines.join("\n")}\n`;
}

function headingOf(group: Difference["under"], { config, against }: Comparison): string {
  if (group === "both") return "Under both, but of another severity or suppressed by one";
  return `Only under ${nameOf(group === "config" ? config : against)}`;
}

function nameOf({ file, version }: Side): string {
  return file === null ? "no configuration" : `${escapeText(file)} (${version})`;
}

function exampleLines(difference: Difference, { columns }: Look): string[] {
  const { alert } = difference;
  const tenant = alert.tenant === null ? "no single tenant" : `tenant ${alert.tenant}`;
  const head = `[${severityText(difference)}] ${alert.firstSeen}, ${tenant}`;
  const words = [head, alert.summary, suppressionText(difference), alert.id].filter((line) => line !== "");
  return words.flatMap((line, at) =>
    wrap(escapeText(line), columns - 6).map((part) => `${" ".repeat(at === 0 ? 4 : 6)}${part}`),
  );
}

function severityText(difference: Difference): string {
  const { severity } = difference.alert;
  if (difference.under !== "both" || difference.against.severity === severity)
    return severityOf(difference).toUpperCase();
  return `${severity.toUpperCase()}, against ${difference.against.severity.toUpperCase()}`;
}

function suppressionText(difference: Difference): string {
  const own = byWhom(difference.alert);
  if (difference.under !== "both") return own === null ? "" : `Suppressed ${own}`;
  const other = byWhom(difference.against);
  if (own === null) return other === null ? "" : `Suppressed against it ${other}`;
  return `Suppressed ${own}${other === null ? "; not against it" : ""}`;
}

function byWhom({ suppressed }: Alert): string | null {
  return suppressed === null ? null : `until ${suppressed.until} by ${suppressed.owner}: ${suppressed.reason}`;
}

function counted(alerts: number): string {
  return alerts === 1 ? "1 alert" : `${alerts.toLocaleString("en-US")} alerts`;
}
