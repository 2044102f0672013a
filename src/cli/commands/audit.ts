import { Command, InvalidArgumentError, Option } from "commander";
import { escapeJson, escapeText } from "../../alerts/escape.ts";
import { TRUST_FORMATS } from "../../alerts/formats/trust.ts";
import { mistake } from "../../config/mistake.ts";
import type { Detector } from "../../detectors/detector.ts";
import { auditDocuments, type AuditedRole, type Audits, type ForVendor } from "../../pipeline/audit.ts";
import { corrected, needsCorrection } from "../../trust/fix.ts";
import { nameOf, RENDERINGS } from "../../trust/fixes/index.ts";
import { EXIT, exitFor } from "../exit.ts";
import { configured } from "../settings.ts";
import { documentsOf, type Sources } from "../sources.ts";
import type { Terminal } from "../terminal.ts";

interface AuditFlags {
  readonly config?: string;
  readonly vendor: readonly string[];
  readonly format: string;
  readonly fix?: string;
  readonly exitCode: boolean;
}

const HELP = `
Judged is whether the vendor can enter without the external ID, or with a wrong
one, by any statement: each policy is asked with every sort of request that it
can tell apart. Files may be mixed, folders, globs, and - for standard input:
trust policies, what \`aws iam get-role\`, \`list-roles\` and
\`get-account-authorization-details\` answer, CloudTrail's CreateRole and
UpdateAssumeRolePolicy records, bucket and key policies; with or without gzip.

The vendor is --vendor, else that of the configuration. Without either every
foreign account is judged as if it were the vendor's. No external ID is printed:
corrections (--fix) hold <EXTERNAL_ID> in its place.

Examples:
  deputywatch audit trust.json --vendor 999988887777
  aws iam get-role --role-name Vendor-7f3a | deputywatch audit -
  aws iam get-account-authorization-details --filter Role LocalManagedPolicy \\
    | deputywatch audit - --config deputywatch.yaml --format ndjson
  deputywatch audit 'AWSLogs/**/*.json.gz' --no-exit-code
  deputywatch audit trust.json --vendor 999988887777 --fix policy > fixed.json

Exit codes:
  0 nothing found · 1 failed · 2 bad usage or configuration · 3 nothing was read
  11 / 12 / 13 / 14 the highest severity found is low / medium / high / critical
  (0 with --no-exit-code)`;

/** `audit <file…>`: does every statement that lets the vendor in demand the external ID? */
export function auditCommand(
  terminal: Terminal,
  finish: (code: number) => void,
  detectors: readonly Detector[],
): Command {
  return new Command("audit")
    .description("judge roles' trust policies: can the vendor enter without the external ID?")
    .argument("<file...>", "file, folder, glob or -")
    .option("--vendor <account>", "the vendor's account, 12 digits; repeatable", account, [])
    .option("--config <file>", "the vendor's accounts and roles")
    .addOption(
      new Option("--format <format>", "shape of the findings on stdout")
        .choices(TRUST_FORMATS.map(({ name }) => name))
        .default("text"),
    )
    .addOption(
      new Option("--fix <kind>", "print corrections instead of findings").choices(RENDERINGS.map(({ name }) => name)),
    )
    .option("--no-exit-code", "exit with 0 whatever is found")
    .addHelpText("after", HELP)
    .action(async (sources: readonly string[], flags: AuditFlags) => {
      const vendor = await vendorOf(flags, terminal, detectors);
      const read = await documentsOf(sources, terminal);
      const audits = await auditDocuments(read.documents, vendor);
      await terminal.out(
        flags.fix === undefined ? shown(audits, flags.format, terminal) : fixes(audits, flags.fix, terminal),
      );
      tell(audits, read, terminal);
      finish(exitCode(audits, flags.exitCode));
    });
}

function account(text: string, before: readonly string[]): readonly string[] {
  if (!/^\d{12}$/.test(text)) throw new InvalidArgumentError("Write an account as its 12 digits.");
  return [...before, text];
}

const WITHOUT = "every foreign account is judged as if it were the vendor's (--vendor, --config)";

/** Who is named needs no configuration; one that is there still tells the roles. */
async function vendorOf(flags: AuditFlags, terminal: Terminal, detectors: readonly Detector[]): Promise<ForVendor> {
  if (flags.vendor.length > 0 && flags.config === undefined) return { vendorAccounts: flags.vendor, vendorRoles: [] };
  const { settings } = await configured(flags.config, terminal, detectors, WITHOUT);
  const { accounts, outboundRoles } = settings.vendor;
  const roles = [...outboundRoles.values()].map(({ arn }) => arn);
  const ofRoles = roles.flatMap((arn) => arn.split(":")[4] ?? []);
  const vendorAccounts = flags.vendor.length > 0 ? flags.vendor : [...new Set([...accounts, ...ofRoles])];
  return { vendorAccounts, vendorRoles: roles };
}

function shown({ roles }: Audits, name: string, { columns, colour }: Terminal): string {
  const format = TRUST_FORMATS.find((known) => known.name === name);
  if (format === undefined) throw mistake(`--format ${name} names no format`);
  return format.contentFor(
    roles.map(({ report }) => report),
    { columns, colour: colour.out },
  );
}

function fixes({ roles }: Audits, name: string, { err }: Terminal): string {
  const rendering = RENDERINGS.find((known) => known.name === name);
  if (rendering === undefined) throw mistake(`--fix ${name} names no kind of correction`);
  const open = roles.filter(({ audit }) => needsCorrection(audit));
  if (open.length === 0) err("nothing to correct: no role that was read lets the vendor in without the external ID\n");
  return open
    .map(({ audit, input, report }: AuditedRole) => {
      const document = corrected(audit, input);
      const subject = escapeText(report.role ?? `the policy in ${report.source}`);
      err(document === null ? `no correction was found for ${subject}\n` : `a correction of ${subject}\n`);
      return document === null ? "" : escapeJson(rendering.contentOf({ role: nameOf(report.role), document }));
    })
    .join("");
}

const NAMED = 10;

/** What was not read, by name, and the summary line. */
function tell({ roles, files, skipped, rejected }: Audits, { passedOver, missing }: Sources, { err }: Terminal): void {
  for (const sentence of missing) err(`${escapeText(sentence)}\n`);
  for (const { where, reason } of rejected.slice(0, NAMED)) err(`unreadable: ${escapeText(`${where}: ${reason}`)}\n`);
  if (rejected.length > NAMED) err(`unreadable: ${rejected.length - NAMED} more\n`);
  for (const { name, reason } of passedOver.slice(0, NAMED)) err(`passed over: ${escapeText(`${name}: ${reason}`)}\n`);
  if (passedOver.length > NAMED) err(`passed over: ${passedOver.length - NAMED} more\n`);
  if (roles.length === 0) err("nothing was read: there is no trust policy in any source\n");
  const having = (verdict: string): number => roles.filter(({ report }) => report.externalId === verdict).length;
  const aside = [...skipped].sort(([a], [b]) => (a < b ? -1 : 1)).map(([why, many]) => `${many} ${why}`);
  const parts = [
    `${files} files`,
    `${roles.length} policies`,
    `${roles.filter(({ report }) => report.crossAccount).length} let other accounts in`,
    `external ID: ${having("enforced")} enforced`,
    `${having("bypassable")} bypassable`,
    `${having("missing")} missing`,
    `${rejected.length} unreadable`,
  ];
  if (passedOver.length > 0) parts.push(`${passedOver.length} files passed over`);
  err(`${parts.join(", ")}; skipped: ${aside.join(", ") || "none"}\n`);
}

function exitCode({ roles }: Audits, wanted: boolean): number {
  if (roles.length === 0) return EXIT.nothingRead;
  return wanted ? exitFor(roles.flatMap(({ report }) => report.findings)) : EXIT.quiet;
}
