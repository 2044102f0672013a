import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Command } from "commander";
import { escapeText } from "../../alerts/escape.ts";
import { durationMs } from "../../config/duration.ts";
import { mistake } from "../../config/mistake.ts";
import type { Detector } from "../../detectors/detector.ts";
import { regionName } from "../../tenants/read.ts";
import { accountScript } from "../../trust/template/account-script.ts";
import { cloudFormationJson, cloudFormationYaml } from "../../trust/template/cloudformation.ts";
import { quickCreateLink } from "../../trust/template/quick-create.ts";
import { partitionOf, scriptTemplate, type RoleTemplate } from "../../trust/template/role-template.ts";
import { stackSetScript } from "../../trust/template/stack-set-script.ts";
import { terraformModule, terraformText } from "../../trust/template/terraform.ts";
import { EXIT } from "../exit.ts";
import { describedRole, outboundRoles, refusal, withRoleOptions, type RoleOptions } from "../role-options.ts";
import type { Terminal } from "../terminal.ts";

const HELP = `
Neither form holds an external ID: the customer gives it to CloudFormation or Terraform as a masked parameter.
What the customer needs to know is in docs/customer-role.md.`;

const CLOUDFORMATION_HELP = `
Examples:
  deputywatch template cloudformation --permissions policy.json > role.yaml
  deputywatch template cloudformation --permissions policy.json --vendor-role arn:aws:iam::999988887777:role/scanner
  deputywatch template cloudformation --permissions policy.json --account 111122223333 --publish s3://bucket/templates
  deputywatch template cloudformation --script > deploy.sh       # every account of a file, a stack in each
  deputywatch template cloudformation --stack-set > deploy.sh    # the same by a stack set

The scripts take the template and a file of the accounts' external IDs: bash deploy.sh --help
--publish prints a console link; whoever has it can read the template until it expires. The external ID is not in it.`;

const TERRAFORM_HELP = `
Examples:
  deputywatch template terraform --permissions policy.json --out ./vendor-role
  deputywatch template terraform --permissions policy.json | less

The module's variable external_id is sensitive: give it as TF_VAR_external_id, or from a secret store.`;

interface CloudFormationOptions extends RoleOptions {
  readonly json?: true;
  readonly script?: true;
  readonly stackSet?: true;
  readonly publish?: string;
  readonly expires: string;
  readonly region?: string;
}

/**
 * `template cloudformation|terraform`: the customer's side of the integration on stdout, ready to review and to deploy.
 * Nothing here knows an external ID, so nothing here can give one away.
 */
export function templateCommand(
  terminal: Terminal,
  finish: (code: number) => void,
  detectors: readonly Detector[],
): Command {
  const template = new Command("template")
    .description("the customer's role, ready to deploy: who may enter, with what, and what for")
    .addHelpText("after", HELP);
  withRoleOptions(template.command("cloudformation"))
    .description("a CloudFormation template, a script for many accounts, or a link for one")
    .option("--json", "JSON instead of YAML")
    .option("--script", "a bash script that deploys a template into many accounts")
    .option("--stack-set", "a bash script that does it by a stack set")
    .option("--publish <s3://bucket/prefix>", "upload it for one --account and print a console link")
    .option("--expires <duration>", "how long the link works, 12h at most", "1h")
    .option("--region <region>", "of the console that the link opens (default: AWS_REGION)")
    .addHelpText("after", CLOUDFORMATION_HELP)
    .action(async (options: CloudFormationOptions) => {
      if (options.script === true || options.stackSet === true) {
        await terminal.out(await scriptFor(options, terminal, detectors));
      } else if (options.publish === undefined) {
        await terminal.out(textOf(await describedRole(options, terminal, detectors), options));
      } else await publish(options.publish, options, terminal, detectors);
      finish(EXIT.quiet);
    });
  withRoleOptions(template.command("terraform"))
    .description("a Terraform module, as files or as one on stdout")
    .option("--out <folder>", "write versions.tf, variables.tf, main.tf and outputs.tf into it")
    .addHelpText("after", TERRAFORM_HELP)
    .action(async (options: RoleOptions & { readonly out?: string }) => {
      const described = await describedRole(options, terminal, detectors);
      if (options.out === undefined) await terminal.out(terraformText(described));
      else await writeModule(options.out, described, terminal);
      finish(EXIT.quiet);
    });
  return template;
}

function textOf(described: RoleTemplate, { json }: { readonly json?: true }): string {
  return json === true ? cloudFormationJson(described) : cloudFormationYaml(described);
}

async function scriptFor(
  options: CloudFormationOptions,
  terminal: Terminal,
  detectors: readonly Detector[],
): Promise<string> {
  const other = (["permissions", "publish", "json", options.script && "stackSet"] as const).find(
    (name) => name !== undefined && options[name] !== undefined,
  );
  if (other !== undefined) {
    throw mistake(
      "a script is written by itself: it takes the template as a file",
      "write the template first, and then the script",
    );
  }
  const roles = await outboundRoles(options, terminal, detectors);
  const parsed = scriptTemplate.safeParse({ namePrefix: options.name, vendorRoles: roles.map(({ arn }) => arn) });
  if (!parsed.success) throw refusal(parsed.error.issues);
  return options.stackSet === true ? stackSetScript(parsed.data) : accountScript(parsed.data);
}

async function writeModule(folder: string, described: RoleTemplate, terminal: Terminal): Promise<void> {
  const files = Object.entries(terraformModule(described));
  const there = files.find(([name]) => existsSync(join(folder, name)));
  if (there !== undefined) {
    throw mistake(`--out: ${join(folder, there[0])} is there already`, "name another folder, or remove the file");
  }
  await mkdir(folder, { recursive: true });
  for (const [name, text] of files) await writeFile(join(folder, name), text, { flag: "wx" });
  terminal.err(`wrote ${files.map(([name]) => name).join(", ")} into ${escapeText(folder)}\n`);
}

/** A link is for handing around, and must not outlive a working day. */
const LONGEST_LINK_MS = 12 * 3_600_000;

async function publish(
  target: string,
  options: CloudFormationOptions,
  terminal: Terminal,
  detectors: readonly Detector[],
): Promise<void> {
  const [, bucket, prefix = ""] =
    /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/([\w!.*'()/-]*))?$/.exec(target) ?? [];
  if (bucket === undefined) throw mistake("--publish: not a place in S3", "as in s3://bucket/prefix");
  if (options.account.length !== 1) {
    throw mistake(
      "--publish is for one account, in which alone the template can be deployed",
      "name it with one --account",
    );
  }
  const expiresMs = durationMs(options.expires);
  if (expiresMs === null || expiresMs < 60_000 || expiresMs > LONGEST_LINK_MS) {
    throw mistake(`--expires: "${options.expires}" is no time between 1m and 12h`, "write a number and m or h: 1h");
  }
  const region = options.region ?? terminal.env.AWS_REGION ?? terminal.env.AWS_DEFAULT_REGION;
  if (region === undefined || !regionName.safeParse(region).success) {
    throw mistake("--region: the link needs the region of a console", "as in --region eu-west-1");
  }
  const described = await describedRole(options, terminal, detectors);
  const { awsClients, publishTemplate } = await import("../aws.ts");
  const { key, url } = await publishTemplate(awsClients().s3, {
    ...{ bucket, prefix, nonce: randomBytes(16).toString("hex"), body: textOf(described, options) },
    fileName: options.json === true ? "role.json" : "role.yaml",
    contentType: options.json === true ? "application/json" : "application/yaml",
    expiresSeconds: Math.floor(expiresMs / 1000),
  });
  const until = new Date(terminal.now() + expiresMs).toISOString();
  terminal.err(`s3://${bucket}/${key} can be read by the link until ${until}, or until the signer's credentials end\n`);
  const link = { templateUrl: url, stackName: described.namePrefix, region, partition: partitionOf(described) };
  await terminal.out(`${quickCreateLink(link)}\n`);
}
