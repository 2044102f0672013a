import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import type * as z from "zod";
import { escapeText } from "../alerts/escape.ts";
import { durationMs } from "../config/duration.ts";
import { loadNaming } from "../config/desk.ts";
import { codeOf } from "../config/key.ts";
import { mistake, type Mistake } from "../config/mistake.ts";
import type { Detector } from "../detectors/detector.ts";
import type { OutboundRole } from "../outbound/vendor.ts";
import { excessIn, permissionsPolicy, type PermissionsPolicy } from "../trust/template/permissions-policy.ts";
import { roleTemplate, SESSION_SECONDS, sessionNameGlobs, type RoleTemplate } from "../trust/template/role-template.ts";
import { configured, DEFAULT_CONFIG } from "./settings.ts";
import { digester } from "../trail/external-id.ts";
import type { Terminal } from "./terminal.ts";

/** The options that describe the customer's role, whatever it is written as. */
export interface RoleOptions {
  readonly config?: string;
  readonly vendorRole: readonly string[];
  readonly workload: readonly string[];
  readonly permissions?: string;
  readonly tenant?: string;
  readonly name: string;
  readonly suffix?: string;
  readonly description: string;
  readonly maxSession: string;
  readonly pinSessionNames?: true;
  readonly permissionsBoundary?: string;
  readonly tag: readonly string[];
  readonly account: readonly string[];
  readonly mfa: readonly string[];
  readonly mfaPermissions?: string;
}

export function withRoleOptions(command: Command): Command {
  const collect = (value: string, before: readonly string[]): string[] => [...before, value];
  return command
    .option("--permissions <file>", "what the vendor may do there: an IAM policy in JSON")
    .option("--config <file>", "deputywatch.yaml, for the outbound roles (default: the current folder's)")
    .option(
      "--vendor-role <arn>",
      "the outbound role that may enter, instead of the configuration's; repeatable",
      collect,
      [],
    )
    .option("--workload <name>", "only the configuration's outbound roles of this workload; repeatable", collect, [])
    .option("--tenant <name>", "name the role as `tenants add` registered this customer's (needs --config)")
    .option("--name <prefix>", "begins the role's name, and names the stack", "vendor-integration")
    .option("--suffix <text>", "ends the role's name: 8 to 16 lower-case letters and digits (default: drawn)")
    .option("--description <text>", "the role's and the template's", "Lets the vendor's integration into this account.")
    .option("--max-session <duration>", "how long a session may last", "1h")
    .option("--pin-session-names", "demand the workload's configured session names as well")
    .option("--permissions-boundary <name>", "a policy of the customer's account that bounds the role")
    .option("--tag <key=value>", "on the roles; repeatable", collect, [])
    .option("--account <number>", "cannot be deployed in any other account; repeatable", collect, [])
    .option("--mfa <user-arn>", "a second role for people: this IAM user, with MFA; repeatable", collect, [])
    .option("--mfa-permissions <file>", "what people may do (default: as --permissions)");
}

/** The option at fault, for each part of the description. */
const OPTION_OF: Readonly<Record<string, string>> = {
  vendorRoles: "--vendor-role",
  namePrefix: "--name",
  nameSuffix: "--suffix",
  description: "--description",
  maxSessionSeconds: "--max-session",
  sessionNames: "--pin-session-names",
  permissionsBoundary: "--permissions-boundary",
  tags: "--tag",
  accounts: "--account",
  support: "--mfa",
};

/**
 * The description that the options come to. Throws a mistake for whatever is not within IAM's limits, and for
 * permissions that no integration should have. What is drawn, and what is doubtful, is told on stderr.
 */
export async function describedRole(
  options: RoleOptions,
  terminal: Terminal,
  detectors: readonly Detector[],
): Promise<RoleTemplate> {
  const { permissions: file, mfaPermissions } = options;
  if (file === undefined) {
    throw mistake(
      "--permissions is needed: what the vendor may do in the customer's account",
      "an example is in docs/customer-role.md",
    );
  }
  if (options.mfa.length === 0 && mfaPermissions !== undefined) {
    throw mistake("--mfa-permissions is for the role of --mfa", "name the people's IAM users with --mfa");
  }
  const roles = await outboundRoles(options, terminal, detectors);
  const permissions = await readPermissions(file, terminal);
  const named = await nameOf(options, terminal);
  const peoples = mfaPermissions === undefined ? permissions : await readPermissions(mfaPermissions, terminal);
  const parsed = roleTemplate.safeParse({
    vendorRoles: [...new Set(roles.map(({ arn }) => arn))],
    ...named,
    description: options.description,
    permissions,
    maxSessionSeconds: sessionSeconds(options.maxSession),
    sessionNames: options.pinSessionNames === true ? pinnedNames(roles, options.account) : null,
    permissionsBoundary: options.permissionsBoundary ?? null,
    tags: options.tag.map(readTag),
    accounts: [...new Set(options.account)],
    support: options.mfa.length === 0 ? null : { principals: [...new Set(options.mfa)], permissions: peoples },
  });
  if (!parsed.success) throw refusal(parsed.error.issues);
  if (options.suffix === undefined && options.tenant === undefined) {
    terminal.err(`note: drew a suffix; --suffix ${parsed.data.nameSuffix} makes the same template again\n`);
  }
  if (parsed.data.maxSessionSeconds > SESSION_SECONDS.chained) {
    terminal.err(
      "warning: --max-session: a session that is got through another role ends after an hour all the same\n",
    );
  }
  return parsed.data;
}

/** As the registry will have it where it is a tenant's role, else as asked. */
async function nameOf(
  { tenant, config, name, suffix }: Pick<RoleOptions, "tenant" | "config" | "name" | "suffix">,
  terminal: Terminal,
): Promise<{ readonly namePrefix: string; readonly nameSuffix: string }> {
  if (tenant === undefined) return { namePrefix: name, nameSuffix: suffix ?? randomBytes(8).toString("hex") };
  const world = { env: terminal.env, readFile: (file: string) => readFile(file, "utf8") };
  const { key, rolePrefix } = await loadNaming(config ?? DEFAULT_CONFIG, world);
  return { namePrefix: rolePrefix, nameSuffix: suffix ?? digester(key).roleSuffix(tenant) };
}

/** The first fault of a description, by its option. */
export function refusal(issues: readonly z.core.$ZodIssue[]): Mistake {
  const [issue] = issues;
  const option = OPTION_OF[String(issue?.path[0])] ?? "the description";
  return mistake(`${option}: ${issue?.message ?? "not within IAM's limits"}`, "`--help` shows what can be written");
}

type Role = Pick<OutboundRole, "arn" | "workload" | "sessionNames">;

/** The outbound roles that may enter: those named on the command line, else the configuration's. */
export async function outboundRoles(
  { config, vendorRole, workload }: Pick<RoleOptions, "config" | "vendorRole" | "workload">,
  terminal: Terminal,
  detectors: readonly Detector[],
): Promise<readonly Role[]> {
  if (vendorRole.length > 0) return vendorRole.map((arn) => ({ arn, workload: "", sessionNames: null }));
  const { settings } = await configured(config, terminal, detectors, "no outbound role is known from it");
  const roles = [...settings.vendor.outboundRoles.values()];
  if (roles.length === 0) {
    throw mistake(
      "no outbound role is known, and so nobody to let in",
      "name it with --vendor-role, or as outboundRoles in --config",
    );
  }
  const known = new Set(roles.map((role) => role.workload));
  const unknown = workload.find((name) => !known.has(name));
  if (unknown !== undefined) {
    throw mistake(`--workload: no outbound role has the workload "${unknown}"`, `known: ${[...known].join(", ")}`);
  }
  return workload.length === 0 ? roles : roles.filter((role) => workload.includes(role.workload));
}

function pinnedNames(roles: readonly Role[], accounts: readonly string[]): readonly string[] {
  const without = roles.find(({ sessionNames }) => sessionNames === null);
  if (without !== undefined) {
    throw mistake(
      `--pin-session-names: no session names are configured for ${without.arn}`,
      "write them as sessionNames of the outbound role in --config",
    );
  }
  return sessionNameGlobs(
    roles.flatMap(({ sessionNames }) => sessionNames?.templates ?? []),
    accounts,
  );
}

function sessionSeconds(text: string): number {
  const ms = durationMs(text);
  if (ms === null) throw mistake(`--max-session: "${text}" is no duration`, "write a number and s, m or h: 1h");
  return Math.floor(ms / 1000);
}

function readTag(text: string): { readonly key: string; readonly value: string } {
  const at = text.indexOf("=");
  if (at < 1) throw mistake(`--tag: "${text}" is no key=value`, "as in --tag owner=security");
  return { key: text.slice(0, at), value: text.slice(at + 1) };
}

async function readPermissions(file: string, terminal: Terminal): Promise<PermissionsPolicy> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw mistake(`${file}: cannot be read (${codeOf(cause)})`, "name a file that holds an IAM policy in JSON", cause);
  });
  const parsed = permissionsPolicy.safeParse(parseJson(text, file));
  if (!parsed.success) {
    const [{ path, message } = { path: [], message: "not a policy" }] = parsed.error.issues;
    const where = path
      .map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
      .join("")
      .replace(/^\./, "");
    throw mistake(`${file}: ${where === "" ? "" : `${where}: `}${message}`, "an example is in docs/customer-role.md");
  }
  const excess = excessIn(parsed.data);
  const refused = excess.find(({ gravity }) => gravity === "refused");
  if (refused !== undefined) {
    throw mistake(
      `${file}: Statement[${refused.statement}]: ${refused.why}`,
      "name the actions, and the resources, that the integration needs",
    );
  }
  for (const { statement, why } of excess) {
    terminal.err(`warning: ${escapeText(`${file}: Statement[${statement}]: ${why}`)}\n`);
  }
  return parsed.data;
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw mistake(`${file}: not JSON`, "an IAM policy as the console and the CLI have it", cause);
  }
}
