import { styleText } from "node:util";
import { SEVERITIES, type Severity } from "../../detectors/detector.ts";
import type { TrustReport } from "../../trust/report.ts";
import { escapeJson, escapeText } from "../escape.ts";
import type { Look } from "./format.ts";
import { labelled, someOf, wrap } from "./layout.ts";
import { SEVERITY_STYLES } from "./text.ts";

/** A shape of what `audit` writes to stdout. */
export interface TrustFormat {
  readonly name: string;
  /** The whole output, ending in a line break unless it is empty; safe to show, whatever the policies hold. */
  readonly contentFor: (reports: readonly TrustReport[], look: Look) => string;
}

const LABEL_COLUMNS = 13;

/** For people: roles with findings, worst first, and what to do about each; the others are counted by the summary. */
const text: TrustFormat = {
  name: "text",
  contentFor: (reports, look) =>
    reports
      .filter(({ crossAccount, findings }) => crossAccount || findings.length > 0)
      .map((report) => ({ report, rank: rankOf(report) }))
      .sort((a, b) => b.rank - a.rank)
      .map(({ report }) => `${linesOf(report, look).join("\n")}\n`)
      .join("\n"),
};

const json: TrustFormat = {
  name: "json",
  contentFor: (reports) => `${escapeJson(JSON.stringify(reports, null, 2))}\n`,
};

const ndjson: TrustFormat = {
  name: "ndjson",
  contentFor: (reports) => reports.map((report) => `${escapeJson(JSON.stringify(report))}\n`).join(""),
};

/** Every format, the default first. */
export const TRUST_FORMATS: readonly TrustFormat[] = [text, json, ndjson];

function rankOf({ findings }: TrustReport): number {
  return Math.max(-1, ...findings.map(({ severity }) => SEVERITIES.indexOf(severity)));
}

const VERDICTS: Readonly<Record<TrustReport["externalId"], string>> = {
  enforced: "enforced: nobody enters without it",
  missing: "missing: nothing asks for it",
  bypassable: "bypassable: it is asked for, and one enters without all the same",
  "not-applicable": "not applicable: nobody who is judged can enter",
};

function linesOf(report: TrustReport, { columns, colour }: Look): string[] {
  const worst = SEVERITIES[rankOf(report)];
  const tag = worst === undefined ? "[OK]" : `[${worst.toUpperCase()}]`;
  const row = (label: string, line: string): string[] => labelled(label, [escapeText(line)], LABEL_COLUMNS, columns);
  const accounts = report.accounts.map(({ account }) => (account === "*" ? "any account" : account));
  return [
    `${styled(tag, worst, colour)} ${escapeText(report.role ?? "a policy without a role")}`,
    ...row("Read from", report.where === "" ? report.source : `${report.source}, ${report.where}`),
    ...row("Lets in", accounts.length === 0 ? "" : someOf(accounts, 5)),
    ...row("External ID", VERDICTS[report.externalId]),
    ...row("MFA", report.mfa === "enforced" || report.mfa === "bypassable" ? report.mfa : ""),
    ...row("IAM-050", report.iam050 === "not-applicable" ? "" : report.iam050),
    ...[...report.findings]
      .sort((a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity))
      .flatMap(({ id, severity, statement, why, fix }) => [
        "",
        `  ${styled(severity, severity, colour)} ${id}${statement === null ? "" : `, statement ${statement}`}`,
        ...wrap(escapeText(why), columns - 4).map((line) => `    ${line}`),
        ...wrap(escapeText(`Fix: ${fix}`), columns - 4).map((line) => `    ${line}`),
      ]),
  ];
}

function styled(shown: string, severity: Severity | undefined, colour: boolean): string {
  return colour && severity !== undefined
    ? styleText([...SEVERITY_STYLES[severity]], shown, { validateStream: false })
    : shown;
}
