import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { accountScript } from "../../../src/trust/template/account-script.ts";
import { cloudFormationYaml } from "../../../src/trust/template/cloudformation.ts";
import { stackSetScript } from "../../../src/trust/template/stack-set-script.ts";
import { trustDocument } from "../../../src/trust/template/trust-document.ts";
import { folderWith } from "../../cli/process.ts";
import { described, READING } from "./described.ts";
import { jq, moto } from "./oracles.ts";

const missing = moto.missing ?? jq.missing;
const IDS = {
  "111122223333": "7f3a9c1e-5b2d-4046-8abc-0123456789ab",
  "444455556666": "9c1e7f3a-5b2d-4046-8abc-ba9876543210",
};

/** moto's server: CloudFormation, IAM and STS of many accounts, on this machine. */
async function startMoto(): Promise<string> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as { port: number };
  probe.close();
  const server = spawn("moto_server", ["-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore", detached: true });
  onTestFinished(() => {
    if (server.pid !== undefined) process.kill(-server.pid);
  });
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 200; tries++) {
    if (
      await fetch(`${url}/moto-api/`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return url;
    await pause(100);
  }
  throw new Error("moto did not start");
}

test.skipIf(missing !== null)(
  `the real AWS CLI deploys the template into each account by either script (${missing ?? "against moto"})`,
  async () => {
    const description = described({
      permissionsBoundary: "boundary",
      tags: [{ key: "owner", value: "yes" }],
      accounts: Object.keys(IDS),
      support: { principals: ["arn:aws:iam::999988887777:user/support/on-call"], permissions: READING },
    });
    const folder = folderWith({
      "role.yaml": cloudFormationYaml(description),
      "ids.json": JSON.stringify(IDS),
      "deploy.sh": accountScript(description),
      "stack-set.sh": stackSetScript(description),
    });
    chmodSync(join(folder, "ids.json"), 0o600);
    const env = {
      ...{ PATH: process.env.PATH, HOME: process.env.HOME, AWS_ENDPOINT_URL: await startMoto(), POLL_SECONDS: "0" },
      ...{ AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local", AWS_DEFAULT_REGION: "us-east-1" },
    };
    const deploy = (script: string, ...args: readonly string[]) => {
      const given = [script, "--template", "role.yaml", "--external-ids", "ids.json", ...args];
      const { status, stdout, stderr } = spawnSync("bash", given, { cwd: folder, encoding: "utf8", env });
      expect([status, stderr]).toEqual([0, ""]);
      return stdout
        .trimEnd()
        .split("\n")
        .map((line) => line.split("\t"));
    };
    const aws = (as: NodeJS.ProcessEnv, ...args: readonly string[]): unknown =>
      JSON.parse(execFileSync("aws", [...args, "--output", "json"], { encoding: "utf8", env: as })) as unknown;

    const first = deploy("deploy.sh", "--assume-role", "Deployer");
    for (const [account = "", outcome, arn = ""] of first) {
      expect(outcome).toBe("deployed");
      const session = ["--role-arn", `arn:aws:iam::${account}:role/Reader`, "--role-session-name", "reader"];
      const { Credentials } = aws(env, "sts", "assume-role", ...session) as { Credentials: Record<string, string> };
      const inside = {
        ...env,
        AWS_ACCESS_KEY_ID: Credentials.AccessKeyId,
        AWS_SECRET_ACCESS_KEY: Credentials.SecretAccessKey,
        AWS_SESSION_TOKEN: Credentials.SessionToken,
      };
      expect(aws(inside, "iam", "get-role", "--role-name", arn.split("/").at(-1)!)).toMatchObject({
        Role: {
          Arn: arn,
          MaxSessionDuration: 3600,
          AssumeRolePolicyDocument: trustDocument(description, IDS[account as keyof typeof IDS]),
        },
      });
    }
    writeFileSync(join(folder, "ids.json"), JSON.stringify({ "444455556666": IDS["444455556666"] }));
    expect(deploy("stack-set.sh", "--progress", "set.tsv")).toEqual([
      ["444455556666", "deployed", expect.stringMatching(/^arn:aws:iam::444455556666:role\/vendor-scan-[0-9a-f]{16}$/)],
    ]);
  },
  180_000,
);
