import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { Command, InvalidArgumentError } from "commander";
import { readKey } from "../../config/key.ts";
import { mistake } from "../../config/mistake.ts";
import type { ExternalIdStrength } from "../../trail/call.ts";
import { assessStrength, digester, EXTERNAL_ID } from "../../trail/external-id.ts";
import { EXIT } from "../exit.ts";
import type { Terminal } from "../terminal.ts";

const STRENGTH_EXIT = { strong: EXIT.quiet, fair: EXIT.medium, weak: EXIT.high } as const satisfies Record<
  ExternalIdStrength,
  number
>;

const HELP = `
Examples:
  deputywatch external-id generate > id.txt
  deputywatch external-id digest --key file:external-id.key < id.txt
  deputywatch external-id strength < id.txt

Exit codes:
  0 done · 2 bad usage, or no external ID on stdin
  strength: ${STRENGTH_EXIT.strong} strong · ${STRENGTH_EXIT.fair} fair · ${STRENGTH_EXIT.weak} weak`;

/**
 * `external-id generate|digest|strength`. An ID is read from stdin and never from an argument, which `ps` and the
 * shell's history would keep; it is printed by nothing but `generate`, once.
 */
export function externalIdCommand(terminal: Terminal, finish: (code: number) => void): Command {
  const externalId = new Command("external-id")
    .description("make, digest and judge external IDs")
    .addHelpText("after", HELP);

  externalId
    .command("generate")
    .description("print new external IDs: random UUIDs, to be given to one customer each")
    .option("--count <n>", "how many", count, 1)
    .action(async (options: { count: number }) => {
      await terminal.out(Array.from({ length: options.count }, () => `${randomUUID()}\n`).join(""));
      finish(EXIT.quiet);
    });

  takingStdin(externalId.command("digest"))
    .description("print the digest of the external ID on stdin, as the tenants' registry holds it")
    .requiredOption("--key <reference>", "env:NAME or file:PATH, holding the base64 of 32 bytes or more")
    .action(async (extra: string[], options: { key: string }) => {
      refuseArguments(extra);
      const key = await readKey(options.key, "--key", {
        env: terminal.env,
        readFile: (path) => readFile(path, "utf8"),
      });
      await terminal.out(`${digester(key).externalId(await readExternalId(terminal))}\n`);
      finish(EXIT.quiet);
    });

  takingStdin(externalId.command("strength"))
    .description("say how hard the external ID on stdin is to guess")
    .option("--no-exit-code", "exit with 0 whatever the strength")
    .addHelpText(
      "after",
      `\nExit codes: ${STRENGTH_EXIT.strong} strong, ${STRENGTH_EXIT.fair} fair, ${STRENGTH_EXIT.weak} weak.`,
    )
    .action(async (extra: string[], options: { exitCode: boolean }) => {
      refuseArguments(extra);
      const { strength, why } = assessStrength(await readExternalId(terminal));
      await terminal.out(`${strength}: ${why}\n`);
      finish(options.exitCode ? STRENGTH_EXIT[strength] : EXIT.quiet);
    });

  return externalId;
}

/** Arguments are taken, so that they can be refused without commander quoting them: one may be an ID. */
function takingStdin(command: Command): Command {
  return command.usage("[options] < file-with-the-id").argument("[none...]").allowUnknownOption();
}

function refuseArguments(extra: readonly string[]): void {
  if (extra.length === 0) return;
  throw mistake(
    "external IDs are not taken from the command line, where ps and the shell's history keep them",
    "write the ID to stdin, such as from a file: deputywatch external-id strength < id.txt",
  );
}

/** The longest external ID with a line's end. */
const LONGEST_BYTES = 1226;

async function readExternalId(terminal: Terminal): Promise<string> {
  const bytes: number[] = [];
  for await (const chunk of terminal.stdin()) {
    bytes.push(...chunk.subarray(0, LONGEST_BYTES));
    if (bytes.length > LONGEST_BYTES) break;
  }
  const id = Buffer.from(bytes)
    .toString("utf8")
    .replace(/\r?\n$/, "");
  if (EXTERNAL_ID.test(id)) return id;
  throw mistake(
    "stdin does not hold an external ID",
    "2 to 1224 letters, digits and _+=,.@:/- on one line, and nothing else",
  );
}

function count(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new InvalidArgumentError("It is a number from 1 to 99999.");
  return Number(text);
}
