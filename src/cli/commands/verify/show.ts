import { styleText } from "node:util";
import { escapeJson, escapeText } from "../../../alerts/escape.ts";
import { wrap } from "../../../alerts/formats/layout.ts";
import { isRejected } from "../../../pipeline/verify/record.ts";
import { VERDICTS, type Verdict, type Verification } from "../../../pipeline/verify/verify-role.ts";
import type { Terminal } from "../../terminal.ts";

/** What a verdict is called, what it asks for, and how it looks. */
interface Heading {
  readonly title: string;
  readonly todo: string | null;
  readonly style: "red" | "yellow" | "green";
}

const HEADINGS: Readonly<Record<Verdict, Heading>> = {
  "lets-in-without-id": {
    title: "lets in without an external ID",
    todo:
      "The trust policy demands no external ID. It needs the condition StringEquals sts:ExternalId in every statement " +
      "that lets you in; until then whoever can make you name this role enters the account.",
    style: "red",
  },
  "lets-in-with-wrong-id": {
    title: "lets in with a wrong external ID",
    todo:
      "The trust policy takes other external IDs than the registered one: a pattern such as StringLike with *, or a " +
      "list that is too long. It needs StringEquals sts:ExternalId with the one ID.",
    style: "red",
  },
  refuses: {
    title: "refuses its own external ID",
    todo: "The role is gone, trusts another principal, or demands another ID: you cannot enter it.",
    style: "yellow",
  },
  unclear: { title: "unclear", todo: "Nothing is known of these roles. Verify them again.", style: "yellow" },
  enforced: { title: "enforced", todo: null, style: "green" },
};

/** One JSON object a role: for pipes. */
export function lineOf(verification: Verification): string {
  const { registration, verdict, why, timeMs } = verification;
  const { tenant, account, roleArn, status } = registration;
  const time = new Date(timeMs).toISOString();
  const row = { tenant, account, roleArn, status, verdict, why, rejected: isRejected(verification), time };
  return `${escapeJson(JSON.stringify(row))}\n`;
}

/** Roles under their verdicts, the worst first, with what is to be done about each sort. */
export function tableOf(
  verifications: readonly Verification[],
  { columns, colour }: Pick<Terminal, "columns" | "colour">,
): string {
  const rows = verifications.map((verification) => ({ verdict: verification.verdict, cells: cellsOf(verification) }));
  const widths = [0, 1].map((column) => Math.max(0, ...rows.map(({ cells }) => cells[column]?.length ?? 0)));
  const parts = VERDICTS.flatMap((verdict) => {
    const own = rows.filter((row) => row.verdict === verdict).map(({ cells }) => lineUp(cells, widths));
    if (own.length === 0) return [];
    const { title, todo, style } = HEADINGS[verdict];
    const head = `${title}: ${own.length === 1 ? "1 role" : `${own.length} roles`}`;
    const shown = colour.out ? styleText(style, head, { validateStream: false }) : head;
    return [[shown, ...(todo === null ? [] : wrap(todo, columns - 2).map((line) => `  ${line}`)), ...own.sort()]];
  });
  return parts.map((lines) => `${lines.join("\n")}\n`).join("\n");
}

function cellsOf(verification: Verification): readonly string[] {
  const { tenant, account, roleArn } = verification.registration;
  const notes = [verification.why, isRejected(verification) ? "onboarding, and not accepted" : null];
  return [tenant, account, roleArn, notes.filter((note) => note !== null).join("; ")].map(escapeText);
}

function lineUp(cells: readonly string[], widths: readonly number[]): string {
  return `  ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("  ")}`.trimEnd();
}
