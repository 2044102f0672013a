import { Command } from "commander";
import type { Detector } from "../../detectors/detector.ts";
import type { Terminal } from "../terminal.ts";
import { addCommand } from "./tenants/add.ts";
import { auditCommand } from "./tenants/audit.ts";
import { importCommand } from "./tenants/import.ts";
import { listCommand } from "./tenants/list.ts";
import { purgeCommand } from "./tenants/purge.ts";
import { removeCommand } from "./tenants/remove.ts";
import { rotateCommand } from "./tenants/rotate.ts";

const HELP = `
The configuration says where the registry is (tenants), where external IDs are kept
in plain (externalIds.vault) and what they are digested with (externalIds.key).
External IDs are made here and nowhere else, one for each account; none is printed
but where --reveal asks for it, and only until the role was seen to demand it.

Examples:
  deputywatch tenants add 111122223333 --tenant acme --reveal
  deputywatch tenants import accounts.txt --tenant acme
  deputywatch tenants list --status onboarding
  deputywatch tenants rotate 111122223333 --overlap 14d --reveal
  deputywatch tenants audit --max-age 365d
  deputywatch tenants remove --tenant acme

Exit codes:
  0 done · 1 something was not done · 2 bad usage or configuration`;

/** `tenants add|import|list|rotate|audit|remove|purge`: the registry, and the life cycle of external IDs. */
export function tenantsCommand(
  terminal: Terminal,
  finish: (code: number) => void,
  detectors: readonly Detector[],
): Command {
  const tenants = new Command("tenants")
    .description("register customers' accounts; make, rotate, audit and purge their external IDs")
    .addHelpText("after", HELP);
  const making = { terminal, finish, detectors };
  for (const make of [
    addCommand,
    importCommand,
    listCommand,
    rotateCommand,
    auditCommand,
    removeCommand,
    purgeCommand,
  ]) {
    tenants.addCommand(
      make(making)
        .option("--config <file>", "deputywatch.yaml, where left out")
        .option("--memory <store>", "leave notices for the SOC beside this memory: sqlite:FILE or dynamodb:TABLE"),
    );
  }
  return tenants;
}
