import { format } from "prettier";
import { attackUrl } from "../src/alerts/attack.ts";
import { looksAt } from "../src/cli/commands/explain.ts";
import type { Detector } from "../src/detectors/detector.ts";

/**
 * The page `docs/detectors.md`, a function of the list alone, laid out as `prettier --check` wants it. A test compares
 * the page on disk with it, so that no detector changes without its page.
 */
export function renderDetectors(detectors: readonly Detector[]): Promise<string> {
  return format(pageOf(detectors), { parser: "markdown" });
}

function pageOf(detectors: readonly Detector[]): string {
  return [
    "# Detectors",
    "<!-- Written by `npm run docs` from the detectors themselves: change them, not this page. -->",
    "What each detector looks for, why, and what it cannot see. `deputywatch explain <detector>` says the same.",
    [
      "| detector | severity | what its alert says | ATT&CK |",
      "| --- | --- | --- | --- |",
      ...detectors.map(
        ({ id, severity, title, attack }) =>
          `| [\`${id}\`](#${id}) | ${severity} | ${cell(title)} | ${attack.join(", ")} |`,
      ),
    ].join("\n"),
    ...detectors.flatMap(sectionOf),
  ].join("\n\n");
}

function sectionOf(detector: Detector): string[] {
  const { id, version, title, severity, why, blind, respond, sources, attack, examples } = detector;
  return [
    `## ${id}`,
    `**${prose(title)}.** Severity ${severity}, version ${version}, ${attack.map(techniqueLink).join(", ")}.`,
    prose(why),
    `**Looks at.** ${looksAt(detector)}`,
    `**Cannot see.** ${prose(blind)}`,
    "**First questions**",
    respond.map((question, at) => `${at + 1}. ${prose(question)}`).join("\n"),
    "**Fires**",
    bullets(Object.keys(examples.fires).map(prose)),
    "**Stays quiet**",
    bullets(Object.keys(examples.quiet).map(prose)),
    "**Sources**",
    bullets(sources.map(linked)),
  ];
}

function bullets(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join("\n");
}

function techniqueLink(technique: string): string {
  return `[${technique}](${attackUrl(technique)})`;
}

function linked(source: string): string {
  return source.replace(/https?:\/\/[^\s)]+/g, (url) => `<${url}>`);
}

/** Plain text as Markdown shows it; code in backticks stays code. */
function prose(text: string): string {
  return text.replace(/`[^`]*`|[\\*_<>[\]]/g, (found) =>
    found.startsWith("`") && found.length > 1 ? found : `\\${found}`,
  );
}

function cell(text: string): string {
  return prose(text).replaceAll("|", "\\|");
}
