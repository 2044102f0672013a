import { readFile } from "node:fs/promises";
import { Command, Option } from "commander";
import { mistake } from "../../../config/mistake.ts";
import { counted } from "../../../detectors/phrase.ts";
import { adopt } from "../../../pipeline/tenancy/adopt.ts";
import { register } from "../../../pipeline/tenancy/register.ts";
import { reveal } from "../../../pipeline/tenancy/reveal.ts";
import { inParallel } from "../../../stores/in-parallel.ts";
import { MOST_ACCOUNTS, readAccounts, readExisting, type ListReading } from "../../../tenants/account-list.ts";
import { EXIT } from "../../exit.ts";
import type { Terminal } from "../../terminal.ts";
import { atTheDesk, type DeskFlags, type Making } from "./at-the-desk.ts";
import { shown, FORMATS, type DeskFormat } from "./show.ts";

interface ImportFlags extends DeskFlags {
  readonly tenant?: string;
  readonly reveal: boolean;
  readonly existing: boolean;
  readonly format: DeskFormat;
}

const HELP = `
FILE has an account number a line, a CSV with them in its first column, or a JSON
list. A list that comes again changes nothing. With --reveal stdout is one JSON
object {account: external ID} for those that may still be shown: hand it to the
customer over a channel that keeps secrets, and keep no copy.

With --existing FILE is NDJSON of integrations from before, one
{"tenant","account","roleArn","externalId"} a line, brought by the vendor's own
operator: the IDs go into the vault, their digests into the registry. Delete FILE
afterwards, and let \`tenants audit\` say which of the IDs to replace.

Examples:
  deputywatch tenants import accounts.txt --tenant acme
  deputywatch tenants import - --tenant acme --reveal < accounts.txt > ids.json
  deputywatch tenants import legacy.ndjson --existing`;

const REVEALED_AT_ONCE = 8;

/** `tenants import FILE`: many accounts at a time, up to 10,000. */
export function importCommand(making: Making): Command {
  const { terminal, finish } = making;
  return new Command("import")
    .description("register many accounts of a customer, or take over integrations from before")
    .argument("<file>", "account numbers; - is stdin")
    .option("--tenant <name>", "the customer")
    .option("--reveal", "print {account: external ID}", false)
    .option("--existing", "FILE holds integrations from before, with their external IDs", false)
    .addOption(new Option("--format <format>", "of the list of what was done").choices(FORMATS).default("text"))
    .addHelpText("after", HELP)
    .action(async (file: string, flags: ImportFlags) => {
      if (flags.existing === (flags.tenant !== undefined)) {
        throw mistake(
          "import needs --tenant NAME, or --existing",
          "a list of accounts is one customer's; a list of before names its own",
        );
      }
      const text = await textOf(file, terminal);
      const accounts = flags.existing ? [] : whole(readAccounts(text, file));
      const existing = flags.existing ? whole(readExisting(text, file)) : [];
      await atTheDesk(flags, making, async (desk) => {
        if (flags.tenant === undefined) {
          const adopted = await adopt(existing, desk);
          await terminal.out(
            shown(
              adopted.map(({ account, outcome }) => ({ account, outcome })),
              flags.format,
            ),
          );
          tell(terminal, adopted);
          finish(
            adopted.some(({ outcome }) => outcome === "taken" || outcome === "differs") ? EXIT.failed : EXIT.quiet,
          );
          return;
        }
        const done = await register(
          flags.tenant,
          accounts.map((account) => ({ account })),
          desk,
        );
        if (flags.reveal) {
          const ids = await inParallel(done, REVEALED_AT_ONCE, async (one): Promise<[string, string][]> => {
            const found = one.outcome === "taken" ? null : await reveal(one.registration, desk);
            return found !== null && "externalId" in found ? [[one.account, found.externalId]] : [];
          });
          await terminal.out(`${JSON.stringify(Object.fromEntries(ids.flat()), null, 2)}\n`);
        } else {
          const rows = done.map((one) => {
            const roleArn = one.outcome === "taken" ? null : one.registration.roleArn;
            return { account: one.account, outcome: one.outcome, roleArn };
          });
          await terminal.out(shown(rows, flags.format));
        }
        tell(terminal, done);
        finish(done.some(({ outcome }) => outcome === "taken") ? EXIT.failed : EXIT.quiet);
      });
    });
}

/** All that a list holds. Throws a mistake where it cannot all be read: a part of it would be taken for the whole. */
function whole<T>({ entries, rejects }: ListReading<T>): readonly T[] {
  const [reject] = rejects;
  if (reject !== undefined) {
    const more = rejects.length > 1 ? ` (and ${rejects.length - 1} more)` : "";
    throw mistake(`${reject.where}: ${reject.reason}${more}`, "nothing was changed");
  }
  if (entries.length === 0) throw mistake("there is no account in it", "an account number a line, or a JSON list");
  if (entries.length > MOST_ACCOUNTS) throw mistake(`more than ${MOST_ACCOUNTS} accounts at a time`, "split the list");
  return entries;
}

/** "3 registered, 1 already, 1 taken". */
function tell(terminal: Terminal, done: readonly { readonly outcome: string }[]): void {
  const counts = [...Map.groupBy(done, ({ outcome }) => outcome)].map(([outcome, some]) => `${some.length} ${outcome}`);
  terminal.err(`${counted(done.length, "account")}: ${counts.join(", ")}\n`);
}

async function textOf(file: string, terminal: Terminal): Promise<string> {
  if (file !== "-") {
    return readFile(file, "utf8").catch((cause: unknown) => {
      throw mistake("the file of accounts cannot be read", "name a file, or - for stdin", cause);
    });
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of terminal.stdin()) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
