import { spawnSync } from "node:child_process";
import { existsSync, globSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** A program that judges better than any test of ours, where the machine has it. */
interface Oracle {
  /** Why it cannot be asked, for the test's name; null: it can. */
  readonly missing: string | null;
}

function installed(program: string, args: readonly string[] = ["--version"]): Oracle {
  const { error, status } = spawnSync(program, args, { stdio: "ignore" });
  return { missing: error === undefined && status === 0 ? null : `skipped: ${program} is not on this machine` };
}

/** The slow ones are asked by `npm run oracles`, and by CI, not at each `npm test`. */
const asked: Oracle["missing"] = process.env.ORACLES === undefined ? "skipped: `npm run oracles` asks it" : null;

/** Without the user's own settings, which may name what is not there. */
const env = { PATH: process.env.PATH, HOME: homedir(), CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1" };

/**
 * `plugins` is a folder with the AWS provider in it, so that no network is needed: Terraform's own places for such, or
 * a folder of the machine's.
 * @see https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories
 */
export const terraform: Oracle & { readonly plugins: string | null; readonly env: typeof env } = {
  missing: asked ?? installed("terraform", ["version"]).missing,
  plugins:
    [
      ...[process.env.TF_PLUGIN_CACHE_DIR ?? "", join(homedir(), ".terraform.d/plugins")],
      ...["/usr/local/share/terraform/plugins", "/usr/share/terraform/plugins"],
      ...globSync("/opt/*/registry.terraform.io").map((path) => join(path, "..")),
    ].find((folder) => existsSync(join(folder, "registry.terraform.io/hashicorp/aws"))) ?? null,
  env,
};

export const cfnLint: Oracle = installed("cfn-lint");
export const shellcheck: Oracle = installed("shellcheck");
export const jq: Oracle = installed("jq");
export const moto: Oracle = {
  missing:
    asked ??
    ["aws", "moto_server"]
      .map((program) => installed(program, [program === "aws" ? "--version" : "--help"]).missing)
      .find((missing) => missing !== null) ??
    null,
};
