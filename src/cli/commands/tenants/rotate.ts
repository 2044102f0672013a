import { Command } from "commander";
import { durationMs } from "../../../config/duration.ts";
import { mistake } from "../../../config/mistake.ts";
import { reveal } from "../../../pipeline/tenancy/reveal.ts";
import { rotate } from "../../../pipeline/tenancy/rotate.ts";
import type { Registration } from "../../../tenants/tenant.ts";
import { EXIT } from "../../exit.ts";
import { atTheDesk, type DeskFlags, type Making } from "./at-the-desk.ts";
import { accountsIn, MASKED } from "./show.ts";

interface RotateFlags extends DeskFlags {
  readonly tenant?: string;
  readonly overlap?: string;
  readonly emergency: boolean;
  readonly force: boolean;
  readonly reveal: boolean;
}

const HELP = `
The customer puts the new ID beside the old one into its trust policy, then takes
the old one away; until the overlap ends both are known. --emergency, after a
leak: the old ID is unknown from this moment, and calls with it alert.

Examples:
  deputywatch tenants rotate 111122223333 --reveal
  deputywatch tenants rotate --tenant acme --overlap 14d --reveal > ids.ndjson
  deputywatch tenants rotate 111122223333 --emergency --reveal`;

/** `tenants rotate`: new external IDs, one JSON line an account. */
export function rotateCommand(making: Making): Command {
  const { terminal, finish } = making;
  return new Command("rotate")
    .description("give accounts a new external ID; the old one is accepted until the overlap ends")
    .argument("[account...]", "account numbers; left out: all of --tenant")
    .option("--tenant <name>", "the customer whose accounts they are")
    .option("--overlap <duration>", "instead of externalIds.overlap, such as 14d")
    .option("--emergency", "no overlap: the old ID ends now", false)
    .option("--force", "end an overlap that still runs", false)
    .option("--reveal", "print the new IDs, to be handed to the customer", false)
    .addHelpText("after", HELP)
    .action(async (given: string[], flags: RotateFlags) => {
      const accounts = accountsIn(given);
      if (accounts.length === 0 && flags.tenant === undefined) {
        throw mistake(
          "rotate needs account numbers or --tenant",
          "there is no rotating all customers at once: each has to act",
        );
      }
      const overlapMs = flags.emergency ? 0 : flags.overlap === undefined ? null : durationMs(flags.overlap);
      if (overlapMs === null && flags.overlap !== undefined)
        throw mistake("--overlap is no duration", "such as 24h or 14d");
      await atTheDesk(flags, making, async (desk, config) => {
        const chosen = accounts.length > 0 ? accounts : await accountsOf(flags.tenant ?? "", desk.registrations.all);
        let undone = 0;
        for (const account of chosen) {
          const held = flags.tenant === undefined ? null : await desk.registrations.of(account);
          if (held !== null && held.registration.tenant !== flags.tenant) {
            throw mistake(`account ${account} is not of that tenant`, "leave --tenant out, or mend it");
          }
          const options = { overlapMs: overlapMs ?? config.overlapMs, force: flags.force || flags.emergency };
          const done = await rotate(account, options, desk);
          if (done.outcome !== "rotated") {
            undone++;
            terminal.err(`account ${account}: ${REFUSALS[done.outcome]}\n`);
            continue;
          }
          await terminal.out(`${JSON.stringify(await rowOf(done.registration, flags.reveal, desk))}\n`);
        }
        terminal.err(`${chosen.length - undone} of ${chosen.length} rotated\n`);
        finish(undone > 0 ? EXIT.failed : EXIT.quiet);
      });
    });
}

const REFUSALS = {
  rotating: "an earlier rotation's overlap still runs; --force ends it now",
  "off-boarded": "it is off-boarded",
  gone: "it is not registered",
} as const;

async function accountsOf(
  tenant: string,
  all: () => Promise<readonly { readonly registration: Registration }[]>,
): Promise<readonly string[]> {
  const own = (await all()).filter(({ registration }) => registration.tenant === tenant);
  const inForce = own.filter(({ registration }) => registration.status !== "offboarded");
  if (inForce.length === 0)
    throw mistake("that tenant has no account in force", "tenants list shows who is registered");
  return inForce.map(({ registration }) => registration.account);
}

async function rowOf(registration: Registration, plain: boolean, desk: Parameters<typeof reveal>[1]) {
  const { tenant, account, roleArn, previousUntilMs } = registration;
  const found = plain ? await reveal(registration, desk) : { externalId: MASKED };
  const previousUntil = previousUntilMs === null ? null : new Date(previousUntilMs).toISOString();
  return { tenant, account, roleArn, externalId: "externalId" in found ? found.externalId : MASKED, previousUntil };
}
