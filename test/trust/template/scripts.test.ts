import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { folderWith } from "../../cli/process.ts";
import { accountScript } from "../../../src/trust/template/account-script.ts";
import { stackSetScript } from "../../../src/trust/template/stack-set-script.ts";
import { described } from "./described.ts";
import { FAKE_AWS } from "./fake-aws.ts";
import { jq, shellcheck } from "./oracles.ts";

const SCRIPTS = { "deploy.sh": accountScript(described()), "stack-set.sh": stackSetScript(described()) };
const NAMES = ["deploy.sh", "stack-set.sh"] as const;
const IDS = {
  "111122223333": "7f3a9c1e-5b2d-4046-8abc-0123456789ab",
  "444455556666": "9c1e7f3a-5b2d-4046-8abc-ba9876543210",
};

describe.each(NAMES)("%s", (name) => {
  test("is bash", () => {
    expect(spawnSync("bash", ["-n"], { input: SCRIPTS[name], encoding: "utf8" })).toMatchObject({
      status: 0,
      stderr: "",
    });
  });

  test.skipIf(shellcheck.missing !== null)(
    `shellcheck finds nothing in it (${shellcheck.missing ?? "shellcheck"})`,
    () => {
      expect(spawnSync("shellcheck", ["-"], { input: SCRIPTS[name], encoding: "utf8" }).stdout).toBe("");
    },
  );
});

/** A folder with the script, a template, the IDs, and an AWS CLI that notes how it was called. */
function desk(ids: object = IDS, mode = 0o600) {
  const folder = folderWith({
    ...SCRIPTS,
    "role.yaml": "Resources: {}\n",
    "ids.json": JSON.stringify(ids),
    "bin/aws": FAKE_AWS,
  });
  chmodSync(join(folder, "bin/aws"), 0o755);
  chmodSync(join(folder, "ids.json"), mode);
  const temporary = mkdtempSync(join(tmpdir(), "deputywatch-script-"));
  onTestFinished(() => {
    rmSync(temporary, { recursive: true, force: true });
  });
  return {
    file: (path: string): string => (existsSync(join(folder, path)) ? readFileSync(join(folder, path), "utf8") : ""),
    write: (path: string, text: string): void => {
      writeFileSync(join(folder, path), text, { mode: 0o600 });
    },
    leftBehind: (): readonly string[] => readdirSync(temporary),
    folder,
    temporary,
    run: (script: string, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) => {
      const given = ["--template", "role.yaml", "--external-ids", "ids.json", ...args];
      const { status, stdout, stderr } = spawnSync("bash", [script, ...given], {
        ...{ cwd: folder, encoding: "utf8" },
        env: { PATH: `${folder}/bin:${process.env.PATH ?? ""}`, TMPDIR: temporary, POLL_SECONDS: "0", ...env },
      });
      return { status, stdout, stderr };
    },
  };
}

describe.skipIf(jq.missing !== null)(`scripts with a stand-in for the AWS CLI (${jq.missing ?? "jq"})`, () => {
  test.each(NAMES)("%s gives each account its own ID by a private file, and its own suffix", (name) => {
    const { run, file, leftBehind } = desk();
    const { status, stdout, stderr } = run(name, name === "deploy.sh" ? ["--assume-role", "Deployer"] : []);
    expect([status, stderr]).toEqual([0, ""]);
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => line.split("\t"));
    expect(lines.map(([account, outcome]) => [account, outcome])).toEqual(
      Object.keys(IDS).map((account) => [account, "deployed"]),
    );
    for (const [account, , role] of lines)
      expect(role).toMatch(new RegExp(`^arn:aws:iam::${account!}:role/vendor-scan-[0-9a-f]{16}$`));
    expect(new Set(lines.map(([, , role]) => role!.slice(-16))).size).toBe(2);
    for (const [account, id] of Object.entries(IDS)) {
      expect(JSON.parse(file(`parameters-${account}.json`))).toContainEqual({
        ParameterKey: "ExternalId",
        ParameterValue: id,
      });
      expect(file("calls") + file("deployed.tsv") + stdout).not.toContain(id);
    }
    expect(file("modes")).toMatch(/^(?:600\n)+$/);
    expect(leftBehind()).toEqual([]);
  });

  test.each(NAMES)(
    "%s goes on where it stopped, and again everywhere when asked, with the suffixes that there are",
    (name) => {
      const { run, file, write } = desk();
      const args = name === "deploy.sh" ? ["--assume-role", "Deployer"] : [];
      const first = run(name, args, { FAIL_FOR: "444455556666" });
      expect(first.status).toBe(1);
      expect(first.stdout).toMatch(/^111122223333\tdeployed\t.*\n444455556666\tfailed\t-\n$/);
      const second = run(name, args);
      expect(second.status).toBe(0);
      expect(second.stdout).toMatch(/^111122223333\tdone before\t.*\n444455556666\tdeployed\t.*\n$/);
      const rotated = "00000000-5b2d-4046-8abc-0123456789ab";
      write("ids.json", JSON.stringify({ ...IDS, "111122223333": rotated }));
      const third = run(name, [...args, "--again"]);
      expect(third.stdout).toBe(second.stdout.replace("done before", "deployed"));
      expect(file("parameters-111122223333.json")).toContain(rotated);
      write("role.yaml", "Resources: {} # another\n");
      expect(run(name, args).stdout).toBe(third.stdout);
    },
  );

  test.each(NAMES)("%s shows what AWS answered, without its control characters, unless the ID is in it", (name) => {
    const { run } = desk();
    const args = name === "deploy.sh" ? ["--assume-role", "Deployer"] : [];
    const told = run(name, args, { FAIL_FOR: "444455556666" });
    expect(told.stderr).toContain("444455556666: failed: AccessDenied [31m for you\n");
    const { stdout, stderr } = run(name, args, { FAIL_FOR: "444455556666", ECHO: "yes" });
    expect(stderr).toContain("444455556666: failed; what AWS answered holds the external ID and is not shown");
    expect(stdout + stderr).not.toContain(IDS["444455556666"]);
  });

  test("deploy.sh makes sure of the account before it deploys, and clears away what failed at its first making", () => {
    const elsewhere = desk();
    const { status, stderr } = elsewhere.run("deploy.sh");
    expect(status).toBe(1);
    expect(stderr).toContain("111122223333: failed: the credentials are for account 999900001111");
    expect(elsewhere.file("calls")).not.toContain("create-stack");
    const broken = desk({ "111122223333": IDS["111122223333"] });
    broken.write("stack-111122223333", "ROLLBACK_COMPLETE");
    expect(broken.run("deploy.sh", ["--assume-role", "Deployer"]).status).toBe(0);
    expect(broken.file("calls")).toMatch(/delete-stack[^]*stack-delete-complete[^]*create-stack /);
  });

  test("stack-set.sh makes the set with an ID that nobody knows, and keeps it", () => {
    const { run, file, write } = desk();
    run("stack-set.sh");
    const [first] = JSON.parse(file("parameters-set.json")) as { ParameterValue: string }[];
    expect(first?.ParameterValue).toMatch(/^[0-9a-f]{32}$/);
    expect(Object.values(IDS)).not.toContain(first?.ParameterValue);
    write("role.yaml", "Resources: {} # another\n");
    run("stack-set.sh");
    expect(file("calls")).toMatch(/update-stack-set .*ParameterKey=ExternalId,UsePreviousValue=true/);
    expect(desk().run("stack-set.sh", ["--ou", "ou-ab12-cd34"]).status).toBe(0);
  });

  test.each([
    ["a file that others can read", IDS, 0o644, /chmod 600/],
    ["no JSON object", ["x"], 0o600, /not JSON of the form/],
    ["an account that is none", { "1234": "x" }, 0o600, /not JSON of the form/],
    [
      "one ID for two accounts",
      { "111122223333": "7f3a9c1e", "444455556666": "7f3a9c1e" },
      0o600,
      /each needs its own/,
    ],
  ])("%s is refused before anything is called, without a word of it", (_, ids, mode, why) => {
    for (const name of NAMES) {
      const { run, file } = desk(ids, mode);
      const { status, stdout, stderr } = run(name);
      expect([status, stdout, file("calls")]).toEqual([2, "", ""]);
      expect(stderr).toMatch(why);
      expect(stderr).not.toContain("7f3a9c1e");
    }
  });

  test.each(NAMES)("%s, when it is interrupted, leaves no file with an ID behind", async (name) => {
    const { folder, temporary, file, leftBehind } = desk();
    const given = [name, "--template", "role.yaml", "--external-ids", "ids.json", "--assume-role", "Deployer"];
    const child = spawn("bash", name === "deploy.sh" ? given : given.slice(0, -2), {
      ...{ cwd: folder, stdio: "ignore", detached: true },
      env: { PATH: `${folder}/bin:${process.env.PATH ?? ""}`, TMPDIR: temporary, HANG: "yes" },
    });
    const ended = once(child, "exit");
    while (file("modes") === "") await pause(20);
    expect(leftBehind()).toHaveLength(1);
    process.kill(-child.pid!, "SIGTERM");
    expect(await ended).toEqual([143, null]);
    expect(leftBehind()).toEqual([]);
  });

  test("an option without its value, or one that is none, ends it at once", () => {
    for (const name of NAMES) {
      expect(desk().run(name, ["--region"])).toMatchObject({ status: 2, stderr: "error: --region needs a value\n" });
      expect(desk().run(name, ["--external-id", "x"]).status).toBe(2);
    }
  });
});
