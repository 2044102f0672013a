import { Command } from "commander";
import { mistake } from "../../../config/mistake.ts";
import { counted } from "../../../detectors/phrase.ts";
import { offboard } from "../../../pipeline/tenancy/offboard.ts";
import { EXIT } from "../../exit.ts";
import { atTheDesk, type DeskFlags, type Making } from "./at-the-desk.ts";
import { accountsIn } from "./show.ts";

interface RemoveFlags extends DeskFlags {
  readonly tenant: string;
}

const HELP = `
Secrets are forgotten and the feed is closed at once. The accounts stay known as
off-boarded, so that calls into them alert as such, until \`tenants purge\` deletes
what names them, onboarding.purgeAfter later.

Examples:
  deputywatch tenants remove --tenant acme
  deputywatch tenants remove --tenant acme 111122223333`;

/** `tenants remove --tenant NAME [ACCOUNT…]`: off-boards a customer, or some of its accounts. */
export function removeCommand(making: Making): Command {
  const { terminal, finish } = making;
  return new Command("remove")
    .description("off-board a customer, or some of its accounts")
    .argument("[account...]", "account numbers; left out: all of the customer's")
    .requiredOption("--tenant <name>", "the customer")
    .addHelpText("after", HELP)
    .action(async (given: string[], flags: RemoveFlags) => {
      const accounts = new Set(accountsIn(given));
      await atTheDesk(flags, making, async (desk) => {
        const gone = await offboard(
          ({ tenant, account }) => tenant === flags.tenant && (accounts.size === 0 || accounts.has(account)),
          desk,
        );
        const missing = [...accounts].filter((account) => !gone.some((one) => one.account === account));
        if (gone.length === 0 || missing.length > 0) {
          const sentence = `${missing.length || "no"} account of that tenant is in force`;
          throw mistake(
            accounts.size === 0 ? "that tenant has no account in force" : sentence,
            "tenants list shows who is registered",
          );
        }
        await terminal.out(gone.map(({ account, roleArn }) => `${account}  ${roleArn}\n`).join(""));
        terminal.err(
          `${counted(gone.length, "account")} off-boarded; tenants purge deletes what is left of them when it is time\n`,
        );
        finish(EXIT.quiet);
      });
    });
}
