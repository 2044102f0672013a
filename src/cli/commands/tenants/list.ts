import { Command, Option } from "commander";
import { counted } from "../../../detectors/phrase.ts";
import { lineOf } from "../../../tenants/write.ts";
import { EXIT } from "../../exit.ts";
import { atTheDesk, type DeskFlags, type Making } from "./at-the-desk.ts";
import { FORMATS, rowOf, shown, type DeskFormat } from "./show.ts";

interface ListFlags extends DeskFlags {
  readonly tenant?: string;
  readonly status?: string;
  readonly deletions: boolean;
  readonly format: DeskFormat;
}

/** `tenants list`: the registry. External IDs are digests in it; a table for people masks even those. */
export function listCommand(making: Making): Command {
  const { terminal, finish } = making;
  return new Command("list")
    .description("who is registered, since when, and whether the role was seen to demand its external ID")
    .option("--tenant <name>", "this customer's accounts only")
    .addOption(new Option("--status <status>", "only these").choices(["onboarding", "active", "offboarded"]))
    .option("--deletions", "the signed records of what was deleted, instead", false)
    .addOption(new Option("--format <format>", "ndjson is the registry's own form").choices(FORMATS).default("text"))
    .action(async (flags: ListFlags) => {
      await atTheDesk(flags, making, async ({ registrations }) => {
        if (flags.deletions) {
          const records = await registrations.deletions();
          await terminal.out(
            shown(
              [...records] as unknown as Record<string, unknown>[],
              flags.format === "text" ? "ndjson" : flags.format,
            ),
          );
          terminal.err(`${counted(records.length, "deletion record")}\n`);
          finish(EXIT.quiet);
          return;
        }
        const all = (await registrations.all()).map(({ registration }) => registration);
        const some = all
          .filter(({ tenant }) => flags.tenant === undefined || tenant === flags.tenant)
          .filter(({ status }) => flags.status === undefined || status === flags.status);
        await terminal.out(shown(some.map(flags.format === "text" ? rowOf : lineOf), flags.format));
        const customers = new Set(some.map(({ tenant }) => tenant)).size;
        terminal.err(`${counted(some.length, "account")} of ${counted(customers, "customer")}\n`);
        finish(EXIT.quiet);
      });
    });
}
