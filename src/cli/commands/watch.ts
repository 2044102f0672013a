import { Command } from "commander";
import { escapeText } from "../../alerts/escape.ts";
import { mistake } from "../../config/mistake.ts";
import type { Detector } from "../../detectors/detector.ts";
import { folderQuarantine } from "../../stores/quarantine/folder.ts";
import { EXIT } from "../exit.ts";
import { configured, openOutbox, openStore } from "../settings.ts";
import type { Terminal } from "../terminal.ts";

interface WatchFlags {
  readonly queue: string;
  readonly config?: string;
  readonly memory: string;
  readonly quarantine: string;
  readonly untilEmpty: boolean;
}

const HELP = `
The queue may hold EventBridge events, S3 notifications, CloudTrail's SNS
notifications, or any of them wrapped by SNS. Credentials and region are the AWS
SDK's usual ones (AWS_REGION, AWS_PROFILE …). Alerts go to channels.soc.topic of
the configuration and to the tenants' feedTopicArn; what a topic does not take
waits beside the memory and is tried again. A message that can never be read is
put into the quarantine's folder, which may then hold secrets, and removed from
the queue. Ctrl-C ends after the batch at hand. --until-empty ends with 1 where a
message was left in the queue, or an alert is still to be told.

Examples:
  deputywatch watch --queue https://sqs.eu-west-1.amazonaws.com/999988887777/trail
  deputywatch watch --queue "$QUEUE_URL" --config vendor.yaml --until-empty

Exit codes:
  0 ended as asked · 1 failed, or left something undone · 2 bad usage or configuration`;

/** `watch --queue URL`: the live pipeline on a long poll, without Lambda. */
export function watchCommand(
  terminal: Terminal,
  finish: (code: number) => void,
  detectors: readonly Detector[],
): Command {
  return new Command("watch")
    .description("long-poll an SQS queue and run the live pipeline")
    .requiredOption("--queue <url>", "the queue's URL")
    .option("--config <file>", "the vendor's roles, ranges and tenants")
    .option(
      "--memory <store>",
      "where memory is kept: sqlite:FILE, dynamodb:TABLE, or memory: for a trial",
      "sqlite:deputywatch.db",
    )
    .option("--quarantine <folder>", "where what can never be read is kept", "deputywatch-quarantine")
    .option("--until-empty", "end once the queue has nothing more", false)
    .addHelpText("after", HELP)
    .action(async (flags: WatchFlags) => {
      const { settings, renewal } = await configured(flags.config, terminal, detectors);
      if (settings.socTopicArn === null) {
        throw mistake(
          "no alert could be told to anybody",
          "add channels: { soc: { topic: ARN } } to the configuration",
        );
      }
      const store = await openStore(flags.memory);
      const outbox = await openOutbox(flags.memory);
      const stop = new AbortController();
      const end = (): void => {
        stop.abort();
      };
      process.once("SIGINT", end).once("SIGTERM", end);
      try {
        const { awsClients, watch, worldOn } = await import("../aws.ts");
        const clients = awsClients();
        const lasting = { store, outbox, quarantine: folderQuarantine(flags.quarantine) };
        const world = worldOn(clients, settings, lasting, terminal.now, renewal);
        const seen = await watch(clients.sqs, flags.queue, world, {
          untilEmpty: flags.untilEmpty,
          signal: stop.signal,
          onQuarantine: (what) => {
            terminal.err(`quarantined: ${escapeText(what)}\n`);
          },
          onFailure: (what) => {
            terminal.err(`failed: ${escapeText(what)}\n`);
          },
        });
        const { messages, calls, suppressed, told, quarantined, left, untold } = seen;
        const hidden = suppressed === 0 ? "" : `, ${suppressed} suppressed`;
        const done = `${messages} messages, ${calls} AssumeRole calls, ${told} notifications sent`;
        terminal.err(
          `${done}${hidden}, ${quarantined} quarantined, ${left} messages left, ${untold} alerts left to tell\n`,
        );
        finish(flags.untilEmpty && left + untold > 0 ? EXIT.failed : EXIT.quiet);
      } finally {
        process.off("SIGINT", end).off("SIGTERM", end);
        await store.close();
        await outbox.close();
      }
    });
}
