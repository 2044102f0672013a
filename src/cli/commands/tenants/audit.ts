import { Command, Option } from "commander";
import { durationMs } from "../../../config/duration.ts";
import { mistake } from "../../../config/mistake.ts";
import { counted } from "../../../detectors/phrase.ts";
import { audit, notify } from "../../../pipeline/tenancy/audit.ts";
import { EXIT } from "../../exit.ts";
import { atTheDesk, type DeskFlags, type Making } from "./at-the-desk.ts";
import { FORMATS, shown, type DeskFormat } from "./show.ts";

interface AuditFlags extends DeskFlags {
  readonly maxAge?: string;
  readonly notify: boolean;
  readonly forgetOrphans: boolean;
  readonly format: DeskFormat;
  readonly exitCode: boolean;
}

const HELP = `
weak: short, a word, an account number, too little chance in it · sequential: one of
a series that a counter made · shared: another account has the same · stale: older
than --max-age or externalIds.maxAge · missing: none is registered.

The list names the customers to notify and no others, and no ID. --notify leaves a
notice for the SOC and for each of these customers' own feeds (needs --memory).

Exit codes: 0 every ID is as it should be · 12 some are not · 3 nobody is registered`;

/** `tenants audit`: which external IDs should be replaced, and whom to tell. */
export function auditCommand(making: Making): Command {
  const { terminal, finish } = making;
  return new Command("audit")
    .description("which external IDs are weak, shared or stale, and which customers to notify")
    .option("--max-age <duration>", "older IDs are stale, such as 365d")
    .option("--notify", "tell these customers, and the SOC", false)
    .option(
      "--forget-orphans",
      "remove IDs from the vault that no registration names; not while others register",
      false,
    )
    .addOption(new Option("--format <format>", "of the list").choices(FORMATS).default("text"))
    .option("--no-exit-code", "exit with 0 whatever was found")
    .addHelpText("after", HELP)
    .action(async (flags: AuditFlags) => {
      const maxAgeMs = flags.maxAge === undefined ? null : durationMs(flags.maxAge);
      if (flags.maxAge !== undefined && maxAgeMs === null) throw mistake("--max-age is no duration", "such as 365d");
      if (flags.notify && flags.memory === undefined) {
        throw mistake(
          "--notify needs --memory",
          "notices are left in the outbox beside it, as sqlite:FILE or dynamodb:TABLE",
        );
      }
      await atTheDesk(flags, making, async (desk, config) => {
        const { accounts, findings, unjudged, orphans } = await audit(desk, maxAgeMs ?? config.maxAgeMs);
        const rows = findings.map(({ tenant, account, roleArn, faults }) => {
          const why = [...faults].map(([fault, reason]) => `${fault}: ${reason}`);
          return { tenant, account, roleArn, why: flags.format === "text" ? why.join("; ") : why };
        });
        await terminal.out(shown(rows, flags.format));
        const customers = new Set(findings.map(({ tenant }) => tenant)).size;
        terminal.err(
          `${counted(accounts, "account")} judged, ${findings.length} to replace; customers to notify: ${customers}\n`,
        );
        if (unjudged > 0)
          terminal.err(`${unjudged} IDs are not in the vault, so nobody could say how strong they are\n`);
        if (orphans.length > 0) terminal.err(`${orphans.length} IDs in the vault are no registration's\n`);
        if (flags.forgetOrphans) await desk.vault.forget(orphans);
        if (flags.notify) await notify(findings, desk);
        if (accounts === 0) finish(EXIT.nothingRead);
        else finish(findings.length > 0 && flags.exitCode ? EXIT.medium : EXIT.quiet);
      });
    });
}
