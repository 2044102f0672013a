import { Command } from "commander";
import { escapeJson } from "../../../alerts/escape.ts";
import { durationMs } from "../../../config/duration.ts";
import { mistake } from "../../../config/mistake.ts";
import { counted } from "../../../detectors/phrase.ts";
import { purge } from "../../../pipeline/tenancy/purge.ts";
import { retireOverlapped } from "../../../pipeline/tenancy/retire.ts";
import { signerWith } from "../../../pipeline/tenancy/sign.ts";
import type { Purge } from "../../../stores/purge/purge.ts";
import { EXIT } from "../../exit.ts";
import { atTheDesk, type DeskFlags, type Making } from "./at-the-desk.ts";
import { placeNamed } from "../../settings.ts";

interface PurgeFlags extends DeskFlags {
  readonly after?: string;
}

const HELP = `
Deletes what names customers that were off-boarded longer ago than
onboarding.purgeAfter: their accounts and names in memory, alerts that wait or were
told, their digests, and last their registrations. Each customer leaves one record,
signed with onboarding.signingKey, that says how much was deleted and names nobody.
Also ends the rotations whose overlap is over. Run it daily; it may run again.

The quarantine holds messages as they came: delete it by its own age.

Example:
  deputywatch tenants purge --memory sqlite:deputywatch.db`;

/** `tenants purge`: deletes what is left of customers who left. */
export function purgeCommand(making: Making): Command {
  const { terminal, finish } = making;
  return new Command("purge")
    .description("delete what is left of off-boarded customers, and sign a record of it")
    .option("--after <duration>", "instead of onboarding.purgeAfter; 0 is at once")
    .addHelpText("after", HELP)
    .action(async (flags: PurgeFlags) => {
      const { memory } = flags;
      if (memory === undefined)
        throw mistake("purge needs --memory", "the memory that the watcher uses: it names customers too");
      const afterMs = flags.after === undefined ? null : flags.after === "0" ? 0 : durationMs(flags.after);
      if (flags.after !== undefined && afterMs === null) throw mistake("--after is no duration", "such as 24h, or 0");
      await atTheDesk(flags, making, async (desk, config) => {
        if (config.signingKey === null) {
          const hint =
            "add onboarding.signingKey: env:NAME; openssl genpkey -algorithm ed25519 -outform DER | base64 -w0";
          throw mistake("no key signs the deletion record", hint);
        }
        const retired = await retireOverlapped(desk);
        const records = await purge(desk, {
          purges: [await purgeAt(memory)],
          sign: signerWith(config.signingKey),
          afterMs: afterMs ?? config.purgeAfterMs,
        });
        await terminal.out(records.map((record) => `${escapeJson(JSON.stringify(record))}\n`).join(""));
        terminal.err(`${counted(records.length, "customer")} purged, ${counted(retired, "rotation")} ended\n`);
        finish(EXIT.quiet);
      });
    });
}

async function purgeAt(name: string): Promise<Purge> {
  const { file, table } = placeNamed(name);
  if (file !== null) return (await import("../../../stores/purge/sqlite.ts")).sqlitePurge(file);
  if (table !== null)
    return (await import("../../../stores/purge/dynamodb.ts")).openDynamodbPurge({
      ...{ memory: table, outbox: `${table}-outbox` },
    });
  throw mistake("--memory memory: is forgotten with its process", "name the memory that the watcher uses");
}
