import { Command } from "commander";
import { attackUrl } from "../../alerts/attack.ts";
import { escapeText } from "../../alerts/escape.ts";
import { numbered, wrap } from "../../alerts/formats/layout.ts";
import { mistake } from "../../config/mistake.ts";
import { nearest } from "../../config/nearest.ts";
import type { Detector } from "../../detectors/detector.ts";
import { EXIT } from "../exit.ts";
import type { Terminal } from "../terminal.ts";

const HELP = `
Examples:
  deputywatch explain
  deputywatch explain session-in-two-places

Exit codes:
  0 explained · 2 no such detector`;

/**
 * `explain` lists the detectors; `explain <detector>` says why one fires, what it looks at, what it cannot see and what
 * to do. Rejects with a `mistake` for a name that is none.
 */
export function explainCommand(
  terminal: Terminal,
  finish: (code: number) => void,
  detectors: readonly Detector[],
): Command {
  return new Command("explain")
    .description("why a detector fires, what it cannot see, and what to do; without a name, the list of them")
    .argument("[detector]", "a detector's id, as in an alert's `detector`")
    .addHelpText("after", HELP)
    .action(async (id: string | undefined) => {
      await terminal.out(id === undefined ? listOf(detectors) : explanationOf(known(id, detectors), terminal.columns));
      finish(EXIT.quiet);
    });
}

/** What a detector is shown before it judges, in one sentence. */
export function looksAt(detector: Detector): string {
  switch (detector.judges) {
    case "call":
      return "Each call by itself; it remembers nothing.";
    case "control":
      return "Each change to what records or carries the trail, by itself; it remembers nothing.";
    case "incident":
      return "What the vendor's own desk met with while it registered customers or tried their roles; no trail tells of it.";
    case "facets":
      return `What one subject's calls have shown so far; it remembers when each was first seen (memory \`${detector.remembers.name}\`).`;
    case "window":
      return `One subject's calls in sliding windows of event time; it remembers distinct calls and targets (memory \`${detector.remembers.name}\`).`;
  }
}

function known(id: string, detectors: readonly Detector[]): Detector {
  const found = detectors.find((detector) => detector.id === id);
  if (found !== undefined) return found;
  if (/^dw-[0-9a-f]{32}$/.test(id)) {
    throw mistake(`${id} is an alert's id, and explain takes a detector's`, "look for `detector` in the alert");
  }
  const near = nearest(
    id,
    detectors.map((detector) => detector.id),
  );
  throw mistake(
    `no detector is called "${escapeText(id)}"`,
    near === null ? "`deputywatch explain` lists them all" : `did you mean ${near}?`,
  );
}

function listOf(detectors: readonly Detector[]): string {
  const idColumns = Math.max(0, ...detectors.map(({ id }) => id.length));
  return detectors
    .map(({ id, severity, title }) => `${id.padEnd(idColumns)}  ${severity.padEnd("critical".length)}  ${title}\n`)
    .join("");
}

function explanationOf(detector: Detector, columns: number): string {
  const paragraph = (text: string): string[] => wrap(text, columns - 2).map((line) => `  ${line}`);
  const items = (texts: readonly string[]): string[] =>
    texts.flatMap((text) => wrap(text, columns - 4).map((line, at) => `  ${at === 0 ? "-" : " "} ${line}`));
  const sections: readonly (readonly [string, readonly string[]])[] = [
    ["Why it matters", paragraph(detector.why)],
    ["Looks at", paragraph(looksAt(detector))],
    ["Cannot see", paragraph(detector.blind)],
    ["First questions", numbered(detector.respond, columns - 2).map((line) => `  ${line}`)],
    ["Fires", items(Object.keys(detector.examples.fires))],
    ["Stays quiet", items(Object.keys(detector.examples.quiet))],
    ["ATT&CK", detector.attack.map((technique) => `  ${technique.padEnd(9)}  ${attackUrl(technique)}`)],
    ["Sources", detector.sources.map((source) => `  ${source}`)],
  ];
  return [
    `${detector.id} [${detector.severity}]`,
    ...wrap(detector.title, columns),
    ...sections.filter(([, lines]) => lines.length > 0).flatMap(([heading, lines]) => ["", heading, ...lines]),
    "",
  ].join("\n");
}
