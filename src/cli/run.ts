import { Command, CommanderError } from "commander";
import { escapeText } from "../alerts/escape.ts";
import { VERSION } from "../alerts/product.ts";
import { isMistake } from "../config/mistake.ts";
import { DETECTORS } from "../detectors/index.ts";
import { compareCommand } from "./commands/compare.ts";
import { explainCommand } from "./commands/explain.ts";
import { externalIdCommand } from "./commands/external-id.ts";
import { learnCommand } from "./commands/learn.ts";
import { rangesCommand } from "./commands/ranges.ts";
import { replayCommand } from "./commands/replay.ts";
import { simulateCommand } from "./commands/simulate.ts";
import { templateCommand } from "./commands/template.ts";
import { tenantsCommand } from "./commands/tenants.ts";
import { verifyCommand } from "./commands/verify.ts";
import { watchCommand } from "./commands/watch.ts";
import { EXIT } from "./exit.ts";
import type { Terminal } from "./terminal.ts";

const EXAMPLES = `
Examples:
  deputywatch replay ./trail --config deputywatch.yaml
  zcat trail/*.json.gz | deputywatch replay - --format ndjson | jq .summary
  deputywatch compare ./trail --config deputywatch.yaml --against proposed.yaml
  deputywatch explain session-in-two-places
  deputywatch ranges show ranges.json --address 198.51.100.7

Exit codes:
  0 nothing found · 1 failed · 2 bad usage or configuration · 3 nothing was read
  11 / 12 / 13 / 14 the highest severity found is low / medium / high / critical`;

/** Runs one command line and answers its exit code. Never throws: what goes wrong is a sentence on stderr. */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  let code: number = EXIT.quiet;
  const finish = (with_: number): void => {
    code = with_;
  };
  const program = new Command("deputywatch")
    .description("Watches, from the SaaS vendor's side, how the roles that enter its customers' AWS accounts are used.")
    .version(VERSION)
    .option("--no-color", "no colour, also where a terminal could show it")
    .addHelpText("after", EXAMPLES);
  for (const command of [
    replayCommand(terminal, finish, DETECTORS),
    compareCommand(terminal, finish, DETECTORS),
    learnCommand(terminal, finish, DETECTORS),
    watchCommand(terminal, finish, DETECTORS),
    explainCommand(terminal, finish, DETECTORS),
    rangesCommand(terminal, finish),
    tenantsCommand(terminal, finish, DETECTORS),
    externalIdCommand(terminal, finish),
    templateCommand(terminal, finish, DETECTORS),
    verifyCommand(terminal, finish, DETECTORS),
    simulateCommand(terminal, finish),
  ]) {
    program.addCommand(command);
  }
  let shown: Promise<void> = Promise.resolve();
  for (const command of withSubcommands(program)) {
    command
      .exitOverride()
      .configureOutput({
        writeOut: (text) => {
          shown = shown.then(() => terminal.out(text));
        },
        writeErr: (text) => {
          terminal.err(asHints(text));
        },
      })
      .showHelpAfterError(`hint: \`${pathOf(command)} --help\` shows what can be written`);
  }
  try {
    if (args.length === 0) {
      program.outputHelp();
      code = EXIT.usage;
    } else await program.parseAsync(args, { from: "user" });
  } catch (error) {
    code = told(error, terminal);
  }
  await shown;
  return code;
}

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

/** `deputywatch ranges check`: how a command is called. */
function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

/** Commander's error and its guess at what was meant, in this program's manner; both quote the command line. */
function asHints(text: string): string {
  return text
    .replace(/\n\(Did you mean (.*)\?\)/, "\nhint: did you mean $1?")
    .split("\n")
    .map(escapeText)
    .join("\n");
}

/** Says what went wrong in a sentence or two, and answers the exit code for it. */
function told(error: unknown, terminal: Terminal): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.quiet : EXIT.usage;
  const message = error instanceof Error ? error.message : String(error);
  terminal.err(`error: ${escapeText(message)}\n`);
  if (isMistake(error)) {
    if (error.hint !== null) terminal.err(`hint: ${escapeText(error.hint)}\n`);
    return EXIT.usage;
  }
  for (let cause = (error as Error | null)?.cause; cause instanceof Error; cause = cause.cause) {
    terminal.err(`because: ${escapeText(cause.message)}\n`);
  }
  return EXIT.failed;
}
