import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { Command, Option } from "commander";
import { durationMs } from "../../config/duration.ts";
import { mistake } from "../../config/mistake.ts";
import { readConfiguration } from "../../config/schema.ts";
import type { Detector } from "../../detectors/detector.ts";
import { counted } from "../../detectors/phrase.ts";
import type { SessionNameContract } from "../../outbound/session-name.ts";
import type { Desk } from "../../pipeline/tenancy/desk.ts";
import { isInForce, verifyAll, type Verified } from "../../pipeline/verify/verify-all.ts";
import type { Verification } from "../../pipeline/verify/verify-role.ts";
import { accountId, roleArn } from "../../tenants/read.ts";
import type { Registration } from "../../tenants/tenant.ts";
import { withoutPath } from "../../trail/arn.ts";
import { EXIT } from "../exit.ts";
import { progress } from "../progress.ts";
import { DEFAULT_CONFIG } from "../settings.ts";
import { interruptible } from "../sources.ts";
import type { Terminal } from "../terminal.ts";
import { atTheDesk, type DeskFlags } from "./tenants/at-the-desk.ts";
import { lineOf, tableOf } from "./verify/show.ts";

interface VerifyFlags extends DeskFlags {
  readonly tenant?: string;
  readonly account?: string;
  readonly through?: string;
  readonly patience?: string;
  readonly format: "text" | "ndjson";
  readonly exitCode: boolean;
}

/** What STS has no answer to after so long, it has not answered. */
const CALL_MS = 10_000;

const HELP = `
Each role is asked three times: without an external ID and with a wrong one it must
deny, with its own it must let in. The sessions may do nothing, and are thrown away.
What speaks against a role is believed only when it is still so after a while, since
a changed trust policy is not everywhere at once: 5 s for a role that lets in; for one
that refuses its own ID 30 s while it is onboarding or its ID was made within the hour,
else not at all; --patience says otherwise. A role that is enforced becomes active.

Credentials are the AWS SDK's usual ones and must be the outbound role's, since that is
whom customers trust; --through enters it first. Your own trail shows the probes as
denied and allowed AssumeRole calls, and deputywatch knows them for its own.

Examples:
  deputywatch verify --through arn:aws:iam::999988887777:role/integration-scanner
  deputywatch verify --tenant acme --patience 2m
  deputywatch verify --memory sqlite:deputywatch.db --format ndjson

Exit codes:
  0 all are enforced · 1 failed · 2 bad usage or configuration · 3 there is nothing to verify
  12 some refuse their own ID or are unclear · 14 some let in without it (both 0 with
  --no-exit-code) · 130 interrupted`;

/** `verify`: what customers' roles do, asked of them. */
export function verifyCommand(
  terminal: Terminal,
  finish: (code: number) => void,
  detectors: readonly Detector[],
): Command {
  return new Command("verify")
    .description("ask customers' roles: do they refuse a call without and with a wrong external ID?")
    .option("--tenant <name>", "this customer's roles only")
    .option("--account <id>", "the role in this account only")
    .option("--config <file>", "deputywatch.yaml, where left out")
    .option("--through <arn>", "enter this outbound role first (or DEPUTYWATCH_VERIFY_THROUGH)")
    .option("--patience <duration>", "how long each role may take to become what it should be: 60s; 0 for none")
    .option("--memory <store>", "leave alerts for the SOC beside this memory: sqlite:FILE or dynamodb:TABLE")
    .addOption(new Option("--format <format>", "ndjson: one line a role").choices(["text", "ndjson"]).default("text"))
    .option("--no-exit-code", "exit with 0 whatever was found")
    .addHelpText("after", HELP)
    .action(async (flags: VerifyFlags) => {
      const only = selected(flags);
      const patienceMs = patienceOf(flags.patience);
      const through = throughOf(flags.through ?? terminal.env.DEPUTYWATCH_VERIFY_THROUGH);
      await atTheDesk(flags, { terminal, finish, detectors }, async (desk) => {
        const sessionNames = await contractIn(flags.config ?? DEFAULT_CONFIG, through);
        const { value, interrupted } = await interruptible((signal) =>
          verified(desk, { ...flags, through, sessionNames, only, patienceMs, signal }, terminal),
        );
        tell(value, terminal);
        finish(interrupted ? EXIT.interrupted : codeFor(value, flags));
      });
    });
}

interface Asked extends Pick<VerifyFlags, "format"> {
  readonly through: string | null;
  readonly sessionNames: SessionNameContract | null;
  readonly only: (registration: Registration) => boolean;
  readonly patienceMs: number | null;
  readonly signal: AbortSignal;
}

const NOTHING: Verified = {
  ...{ roles: 0, enforced: 0, letsIn: 0, rejected: 0, refuses: 0, unclear: 0, left: 0, unrecorded: 0 },
};

/** Verifies and shows what is found: as lines while it goes, or as a table at its end. */
async function verified(desk: Desk, asked: Asked, terminal: Terminal): Promise<Verified> {
  const { through, sessionNames, only, patienceMs, signal, format } = asked;
  const nowMs = desk.now();
  const asksFor = (registration: Registration): boolean => isInForce(registration, nowMs) && only(registration);
  const total = (await desk.registrations.all()).filter(({ registration }) => asksFor(registration)).length;
  if (total === 0) return NOTHING;
  const bar = progress(terminal, { unit: "roles", total });
  const { openSts } = await import("../../pipeline/verify/sts.ts");
  const sts = await openSts({
    ...{ through, timeoutMs: CALL_MS, now: desk.now },
    homeRegion: terminal.env.AWS_REGION ?? terminal.env.AWS_DEFAULT_REGION ?? "us-east-1",
  });
  const found: Verification[] = [];
  const world = {
    ...desk,
    ...{ sts: sts.assume, sessionNames, random: Math.random },
    sleep: (ms: number, ending: AbortSignal) => sleep(ms, undefined, { signal: ending }),
  };
  try {
    const value = await verifyAll(world, {
      ...{ only, signal },
      ...(patienceMs !== null && { patienceMs }),
      onFound: async (verification, tried) => {
        if (format === "ndjson") await terminal.out(lineOf(verification));
        else found.push(verification);
        bar.update(tried, tried);
      },
    });
    bar.end();
    if (found.length > 0) await terminal.out(tableOf(found, terminal));
    return value;
  } finally {
    bar.end();
    sts.close();
  }
}

function tell(value: Verified, { err }: Terminal): void {
  const { roles, enforced, letsIn, rejected, refuses, unclear, left, unrecorded } = value;
  if (roles === 0) err("there is nothing to verify: no role that is in force is registered and asked for\n");
  else {
    const rest = left === 0 ? "" : `, ${left} not asked`;
    err(
      `${counted(roles, "role")}: ${enforced} enforced, ${letsIn} let in, ${refuses} refuse, ${unclear} unclear${rest}\n`,
    );
  }
  if (rejected > 0) err(`not accepted: ${counted(rejected, "role")} that let in while onboarding\n`);
  if (unrecorded > 0) {
    err(`not written down: ${counted(unrecorded, "role")} whose account has several, or whose line kept changing\n`);
  }
}

function codeFor({ roles, letsIn, refuses, unclear }: Verified, { exitCode }: VerifyFlags): number {
  if (roles === 0) return EXIT.nothingRead;
  if (!exitCode) return EXIT.quiet;
  if (letsIn > 0) return EXIT.critical;
  return refuses + unclear > 0 ? EXIT.medium : EXIT.quiet;
}

function selected({ tenant, account }: VerifyFlags): (registration: Registration) => boolean {
  if (account !== undefined && !accountId.safeParse(account).success) {
    throw mistake(`--account ${account} is no account number`, "twelve digits, such as 111122223333");
  }
  return (registration) =>
    (tenant === undefined || registration.tenant === tenant) &&
    (account === undefined || registration.account === account);
}

function patienceOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  const ms = /^0s?$/.test(text) ? 0 : durationMs(text);
  if (ms !== null) return ms;
  throw mistake(`--patience ${text} is no duration`, "write a number and s, m or h: 60s; or 0");
}

function throughOf(text: string | undefined): string | null {
  if (text === undefined || text === "") return null;
  if (roleArn.safeParse(text).success) return text;
  throw mistake(`--through ${text} is no role's ARN`, "as in arn:aws:iam::999988887777:role/integration-scanner");
}

/** What the outbound role promised of its sessions' names: the one gone through, or the only one there is. */
async function contractIn(path: string, through: string | null): Promise<SessionNameContract | null> {
  const { outboundRoles } = readConfiguration(await readFile(path, "utf8"), path).configuration;
  const named = outboundRoles.filter(({ arn }) => through === null || withoutPath(arn) === withoutPath(through));
  return named.length === 1 ? (named[0]?.sessionNames ?? null) : null;
}
