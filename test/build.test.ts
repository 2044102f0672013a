import { execFile, execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, cp, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { deliveryFiles, eventBridgeEvent } from "../examples/vendor/delivery.ts";
import { PAPERS } from "../examples/vendor/papers.ts";
import { oddlyNamed, ordinary, SAMPLE, scene, sqs, stolen } from "./handlers/scene.ts";

const run = promisify(execFile);

/** A package as npm would install it: what is built, package.json, and the dependencies beside. */
let installed: string;
let said: { readonly stdout: string; readonly stderr: string };

beforeAll(async () => {
  installed = await mkdtemp(join(tmpdir(), "build-"));
  said = await run(process.execPath, ["scripts/build.ts", join(installed, "dist")]);
  await copyFile("package.json", join(installed, "package.json"));
  await symlink(join(process.cwd(), "node_modules"), join(installed, "node_modules"));
}, 60_000);

afterAll(async () => {
  await rm(installed, { recursive: true });
});

/** Runs the built command line; answers its exit code with what it said. */
async function cli(node: string, ...args: readonly string[]) {
  const main = join(installed, "dist", "cli", "main.js");
  return run(node, [main, ...args], { env: { PATH: process.env.PATH } }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: unknown) => error as { code: number; stdout: string; stderr: string },
  );
}

test("the build warns of nothing and says how large each part is", () => {
  expect(said.stderr).toBe("");
  expect(said.stdout).toMatch(/^ *[\d,]+ KB command line, .+main\.js$/m);
  expect(said.stdout).toMatch(/^ *[\d,]+ KB function, .+ingest\.mjs$/m);
});

test("the built command line is executable by its name and finds in a trail what is in it", async () => {
  const { mode } = await stat(join(installed, "dist", "cli", "main.js"));
  expect(mode & 0o111).toBe(0o111);
  const [file] = deliveryFiles([oddlyNamed]);
  const trail = join(installed, "trail");
  await mkdir(trail);
  await writeFile(join(trail, "one.json.gz"), file!.body);
  await writeFile(join(installed, PAPERS.config), SAMPLE.config);
  await writeFile(join(installed, PAPERS.tenants), SAMPLE.tenants);
  await writeFile(join(installed, PAPERS.ranges), SAMPLE.ranges);
  await writeFile(join(installed, PAPERS.key), Buffer.from(SAMPLE.key).toString("base64"));
  const config = join(installed, PAPERS.config);
  const { code, stdout } = await cli(process.execPath, "replay", trail, "--config", config, "--format", "ndjson");
  expect(code).toBe(12);
  expect(JSON.parse(stdout)).toMatchObject({ detector: "unusual-session-name", calls: 1 });
});

test("the built command line knows its version", async () => {
  expect(await cli(process.execPath, "--version")).toEqual({ code: 0, stdout: "0.1.0\n", stderr: "" });
});

const oldNode = (process.env.PATH ?? "")
  .split(delimiter)
  .map((folder) => join(folder, "node"))
  .filter((file) => existsSync(file))
  .find((file) => Number(/^v(\d+)/.exec(execFileSync(file, ["--version"]).toString())?.[1]) < 22);

test.skipIf(oldNode === undefined)("an old Node is told so in one sentence (needs one in PATH)", async () => {
  const { code, stdout, stderr } = await cli(oldNode!, "--version");
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(/^deputywatch needs Node 22\.\d+ or newer, and this is \d+\.\d+\.\d+\.\n$/);
});

const INVOKE = `
const [file, event] = process.argv.slice(1);
const { handler } = await import(file);
const answer = await handler(JSON.parse(event), { getRemainingTimeInMillis: () => 60_000 });
process.stdout.write(JSON.stringify(answer ?? null) + "\\n");
`;

test("the built functions work from a folder that holds nothing else: one reads, the other tells", async () => {
  const here = await scene();
  const folder = await mkdtemp(join(tmpdir(), "function-"));
  const env = {
    PATH: process.env.PATH,
    DEPUTYWATCH_CONFIG: join(here.folder, PAPERS.config),
    DEPUTYWATCH_MEMORY: join(folder, "memory.db"),
    DEPUTYWATCH_OUTBOX: `sqlite:${join(folder, "memory.db")}`,
    DEPUTYWATCH_QUARANTINE: join(folder, "quarantine"),
    AWS_ENDPOINT_URL: here.stack.endpoint,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
  };
  const invoke = async (name: string, event: unknown): Promise<unknown[]> => {
    const file = join(folder, name);
    await cp(join(installed, "dist", "handlers", name), file);
    const args = ["--input-type=module", "--eval", INVOKE, file, JSON.stringify(event)];
    const { stdout, stderr } = await run(process.execPath, args, { cwd: folder, env });
    expect(stderr).toBe("");
    return stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown);
  };
  const event = sqs(eventBridgeEvent(ordinary), "torn {", eventBridgeEvent(stolen));
  const [log, answer] = await invoke("ingest.mjs", event);
  expect(answer).toEqual({ batchItemFailures: [] });
  expect(log).toMatchObject({ messages: 3, calls: 2, announced: 1, quarantined: [{ id: "message-1" }] });
  expect(await readFile(join(folder, "quarantine", "message-1.body"), "utf8")).toBe("torn {");
  expect(await here.socHeard()).toEqual([]);

  expect(await invoke("notify.mjs", {})).toEqual([{ sent: 2, failed: [], left: 0, dead: [] }, null]);
  expect(await here.socHeard()).toMatchObject([{ detector: "source-outside-ranges", calls: 1 }]);
  await rm(folder, { recursive: true });
});
