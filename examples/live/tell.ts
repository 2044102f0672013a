import { join } from "node:path";
import type { Alert } from "../../src/alerts/alert.ts";
import { text } from "../../src/alerts/formats/text.ts";
import type { Terminal } from "../../src/cli/terminal.ts";
import { SEVERITIES } from "../../src/detectors/detector.ts";
import { PAPERS } from "../vendor/papers.ts";
import type { Way } from "./deliver.ts";
import type { Received } from "./inbox.ts";
import type { Heard, Proof } from "./proof.ts";
import type { Stage } from "./run.ts";
import type { Voice } from "./words.ts";

/** What is about to be seen. */
export function tellBefore({ fact, heading }: Voice, { stack, sample, deliveries, feeds }: Stage): void {
  const { customers, records } = sample;
  const { messages, files } = deliveries;
  const by = (way: Way): string => count(messages.filter((message) => message.way === way).length);
  heading(`deputywatch, live: a vendor, its ${customers.length} customers, two days, and five things wrong in them`);
  fact("stack", `SQS, SNS and S3 at ${stack.endpoint}, memory and outbox in SQLite; nothing leaves this machine`);
  fact("trail", `${count(records.length)} CloudTrail records in ${count(files.length)} files in s3://${stack.bucket}`);
  fact(
    "messages",
    `${by("eventbridge")} EventBridge events, ${by("s3")} S3 notifications with the same and other records, ${by("s3-through-sns")} more through SNS for trails that customers forward, 1 torn message`,
  );
  fact("topics", `one for the SOC and one for each of the ${feeds.size} tenants, each with a subscriber`);
  fact("pipeline", "the Lambda function's own, on a long poll of the queue");
}

/** `delayMs`: from its events' arrival to its own; null where that is not known, or the alert is an older one grown. */
export function tellHeard(
  { alert: say }: Voice,
  { alert }: Received<Alert>,
  isNews: boolean,
  delayMs: number | null,
): void {
  if (isNews) say(alert, delayMs === null ? "" : `after ${delayMs} ms`);
  else say(alert, `has grown to ${count(alert.calls)} calls`);
}

/** What was heard elsewhere, and one alert whole. */
export function tellRest(voice: Voice, { columns, colour }: Terminal, heard: Heard, { alerts }: Proof): void {
  const [guest] = [...heard.tenants].sort(([, a], [, b]) => b.length - a.length);
  if (guest !== undefined) {
    const [tenant, messages] = guest;
    voice.heading(
      `What the tenant ${tenant} hears on its own topic: nothing of others, nothing of the vendor's inside`,
    );
    for (const { alert } of messages) voice.alert(alert, "redacted");
  }
  const worst = alerts.toSorted((a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity)).slice(0, 1);
  voice.heading("The worst of them, as an analyst reads it");
  voice.block(text.contentFor(worst, { columns, colour: colour.out }));
}

/** What the run came to. */
export interface Figures {
  readonly messages: number;
  readonly records: number;
  readonly duplicates: number;
  /** Messages put aside because they can never be read. */
  readonly quarantined: number;
  /** What had to be tried again. */
  readonly again: number;
  readonly deadLetters: number;
  readonly seconds: number;
  /** From a message that holds an alert's event to the alert's arrival, in milliseconds. */
  readonly delaysMs: readonly number[];
}

export function tellAfter({ fact, heading }: Voice, stage: Stage, proof: Proof, figures: Figures): void {
  const { expected } = stage.sample;
  const delays = figures.delaysMs.toSorted((a, b) => a - b);
  const consequences = proof.alerts.length - proof.found.length - proof.falseAlarms.length;
  heading("Summary");
  fact(
    "found",
    `${proof.found.length} of ${expected.length} anomalies, ${consequences} consequences of them, ${proof.falseAlarms.length} false alarms`,
  );
  fact(
    "read",
    `${count(figures.messages)} messages with ${count(figures.records)} records, ${count(figures.duplicates)} of them for the second time, in ${figures.seconds.toFixed(1)} s`,
  );
  fact(
    "unread",
    `1 torn message, ${figures.quarantined} in quarantine, ${figures.deadLetters} dead letters, ${figures.again} failures`,
  );
  fact(
    "told",
    `${proof.messages} notifications; event in to alert out ${median(delays)} ms (median), ${delays.at(-1) ?? 0} ms at most`,
  );
  fact("kept", `${proof.secrets} secrets in ${proof.messages} messages, ${proof.astray} messages to the wrong tenant`);
  for (const fault of proof.faults) fact("FAULT", fault);
}

/** How to go on. */
export function tellHow({ heading, line }: Voice, { stack, soc, folder }: Stage, keep: boolean): void {
  if (keep) {
    heading("Still running: send it something (Ctrl-C ends)");
    line(`  endpoint   ${stack.endpoint}   (any credentials)`);
    line(`  queue in   ${stack.trail.queueUrl}`);
    line(`  dead       ${stack.trail.deadLetterUrl}`);
    line(`  SOC topic  ${soc.topicArn}`);
    line(`  bucket     s3://${stack.bucket}`);
    line(`  settings   ${join(folder, PAPERS.config)}`);
    line(`  unread     ${join(folder, "quarantine")}`);
    return;
  }
  heading("Your own trail");
  line("  npm run cli -- replay FOLDER                                 what needs no knowledge of you");
  line("  npm run cli -- replay FOLDER --config deputywatch.yaml       with your roles, ranges and tenants");
  line("  npm run cli -- watch --queue URL --config deputywatch.yaml   live, from an SQS queue");
  line("  npm start -- --keep                                          this stack, to play with");
}

function median(sorted: readonly number[]): number {
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function count(howMany: number): string {
  return howMany.toLocaleString("en-US");
}
