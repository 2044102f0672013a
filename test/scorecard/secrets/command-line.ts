import { generateKeyPairSync } from "node:crypto";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { inParallel } from "../../../src/stores/in-parallel.ts";
import { deliveryFiles } from "../../../src/simulate/delivery.ts";
import { PAPERS } from "../../../src/simulate/papers.ts";
import { papersOf } from "../tenancy/simulated.ts";
import type { Canaries } from "./canaries.ts";
import type { Carriers } from "./carriers.ts";
import { run, type Ended } from "./process.ts";
import { filesIn, textSurface, type Surface } from "./surface.ts";

const ENTRY = join(import.meta.dirname, "../../../src/cli/main.ts");
const TENANT = "tenant-of-the-desk";

/** A command as a user types it. `ends`: the exit codes that say that it did what it is here for. */
interface Command {
  readonly args: readonly string[];
  readonly ends: readonly number[];
  readonly input?: string;
}

const FOUND = [0, 11, 12, 13, 14];
const DONE = [0];
const MISTAKEN = [1, 2, 3];

/** What the commands said and left, and which of them did not do what they are here for. */
export interface CommandLineSurfaces {
  readonly surfaces: readonly Surface[];
  readonly astray: readonly string[];
}

/**
 * Every command that meets external IDs, as a process in a folder of its own: where it goes well and where it does not. Of
 * the mistakes that a file may hold every `step`th is made, from a place on that the canaries decide.
 */
export async function commandLineSurfaces(
  carriers: Carriers,
  canaries: Canaries,
  step: number,
): Promise<CommandLineSurfaces> {
  const folder = await mkdtemp(join(tmpdir(), "canaries-"));
  try {
    const put = await filled(folder, carriers, canaries);
    const env = environment(folder);
    const surfaces: Surface[] = [];
    const astray: string[] = [];
    const play = async ({ args, ends, input }: Command): Promise<void> => {
      const ended = await run(ENTRY, args, { cwd: folder, env, ...(input !== undefined && { input }) });
      // What the user typed is the user's own, and is named here by its place alone.
      const name = `deputywatch ${args.slice(0, 2).join(" ")} …`;
      if (!ends.includes(ended.code ?? -1)) astray.push(`${name}: ${endOf(ended)}`);
      surfaces.push(
        textSurface(`${name}, stdout`, ended.out, "latin1"),
        textSurface(`${name}, stderr`, ended.err, "latin1"),
      );
    };
    for (const command of inTurn(canaries)) await play(command);
    await inParallel([...atOnce(canaries, step)], 2, play);
    return { surfaces: [...surfaces, ...(await filesIn(folder, put, "left by commands"))], astray };
  } finally {
    await rm(folder, { recursive: true });
  }
}

function endOf({ code, err }: Ended): string {
  return `ended with ${code}: ${err.slice(-300)}`;
}

/** Each takes up what those before it left. */
function* inTurn({ externalIds: [id = ""] }: Canaries): Generator<Command> {
  const config = ["--config", PAPERS.config];
  const memory = ["--memory", "sqlite:replayed.db"];
  yield { args: ["replay", "trail", ...config, ...memory, "--format", "ndjson"], ends: FOUND };
  yield { args: ["learn", "trail", ...config, "--out", "baseline.json", "--proposal", "proposed.yaml"], ends: DONE };
  yield { args: ["replay", "trail", ...config, "--baseline", "baseline.json", "--format", "json"], ends: FOUND };
  const desk = ["--config", "desk.yaml", ...memory];
  const tenants = (...args: readonly string[]): readonly string[] => ["tenants", ...args, ...desk];
  yield { args: tenants("import", "legacy.ndjson", "--existing"), ends: DONE };
  yield { args: tenants("import", "legacy.ndjson", "--existing", "--format", "json"), ends: DONE };
  yield { args: tenants("import", "conflicting.ndjson", "--existing"), ends: [1] };
  yield { args: tenants("import", "accounts.txt", "--tenant", TENANT), ends: DONE };
  yield { args: tenants("add", "555566667777", "--tenant", TENANT), ends: DONE };
  yield { args: tenants("list"), ends: DONE };
  yield { args: tenants("list", "--format", "ndjson"), ends: DONE };
  yield { args: tenants("rotate", "600000000000"), ends: DONE };
  yield { args: tenants("rotate", "600000000001", "--emergency"), ends: DONE };
  yield { args: tenants("audit"), ends: [0, 1, ...FOUND] };
  yield { args: tenants("audit", "--format", "ndjson"), ends: [0, 1, ...FOUND] };
  yield { args: tenants("remove", "--tenant", "legacy-0"), ends: DONE };
  yield { args: tenants("purge", "--after", "0"), ends: DONE };
  yield { args: tenants("list", "--deletions"), ends: DONE };
  yield { args: tenants("remove", "--tenant", id), ends: MISTAKEN };
  yield { args: tenants("rotate", id), ends: MISTAKEN };
  yield { args: tenants("add", id, "--tenant", TENANT), ends: MISTAKEN };
  yield { args: tenants("add", "555566667778", "--tenant", TENANT, "--role", id), ends: MISTAKEN };
  yield { args: tenants("add", "555566667778", "--tenant", TENANT, "--region", id), ends: MISTAKEN };
  yield { args: tenants("rotate", "600000000002", "--overlap", id), ends: MISTAKEN };
}

/** Each by itself. */
function* atOnce({ externalIds: [id = ""] }: Canaries, step: number): Generator<Command> {
  const first = id.charCodeAt(0) % step;
  for (const format of ["text", "json", "csv"])
    yield { args: ["replay", "trail", "--config", PAPERS.config, "--format", format], ends: FOUND };
  yield { args: ["replay", "trail", "--format", "text"], ends: FOUND };
  yield { args: ["learn", "trail", "--out", "found.json", "--proposal", "found.yaml"], ends: DONE };
  yield { args: ["compare", "trail", "--config", PAPERS.config, "--against", "other.yaml"], ends: FOUND };
  yield { args: ["external-id", "strength", "--no-exit-code"], ends: DONE, input: id };
  yield { args: ["external-id", "digest", "--key", `file:${PAPERS.key}`], ends: DONE, input: id };
  yield { args: ["external-id", "digest", id, "--key", `file:${PAPERS.key}`], ends: MISTAKEN };
  yield { args: ["external-id", "strength", id], ends: MISTAKEN };
  for (const mistaken of ["accounts-with-id.txt", "accounts-with-id.json"])
    yield { args: ["tenants", "import", mistaken, "--tenant", TENANT, "--config", "desk.yaml"], ends: MISTAKEN };
  for (let nth = first; nth < LEGACY_MISTAKES.length; nth += step)
    yield {
      args: ["tenants", "import", `legacy-${nth}.ndjson`, "--existing", "--config", "desk.yaml"],
      ends: MISTAKEN,
    };
  for (let nth = first; nth < MISTAKES.length; nth += step)
    yield { args: ["replay", "trail", "--config", `mistaken-${nth}.yaml`], ends: MISTAKEN };
  for (let nth = first; nth < REGISTRY_MISTAKES.length; nth += step) {
    yield { args: ["replay", "trail", "--config", `registry-${nth}.yaml`], ends: MISTAKEN };
    yield { args: ["tenants", "list", "--config", `registry-${nth}.yaml`], ends: MISTAKEN };
  }
}

/** The ID where a configuration wants something else. */
const MISTAKES: readonly ((config: string, id: string) => string)[] = [
  (config, id) => config.replace(/key: "[^"]*"/, `key: "${id}"`),
  (config, id) => config.replace(/key: "[^"]*"/, `key: "env:${id}"`),
  (config, id) => config.replace("workload: ", `externalId: "${id}"\n    workload: `),
  (config, id) => config.replace("version: 1", `version: "${id}"`),
  (config, id) => `${config}externalId: "${id}"\n`,
  (config, id) => `${config}"${id}": 1\n`,
  (config, id) => `${config}alerting: { falseAlarmsPerMonth: "${id}" }\n`,
  (config, id) => config.replace("accounts: [", `accounts: ["${id}", `),
  (config, id) => `${config}detectors: { "${id}": { enabled: false } }\n`,
  (config, id) => `${config}unfinished: [ "${id}`,
  (config, id) => `${config}suppressions: [ { detector: call-burst, where: { tenant: "${id}" }, reason: r } ]\n`,
];

/** The ID where a line of the registry wants a digest, or anything else. */
const REGISTRY_MISTAKES: readonly ((line: string, id: string) => string)[] = [
  (line, id) => JSON.stringify({ ...(JSON.parse(line) as object), externalId: id }),
  (line, id) => JSON.stringify({ ...(JSON.parse(line) as object), previousExternalId: id }),
  (line, id) => JSON.stringify({ ...(JSON.parse(line) as object), account: id }),
  (line, id) => JSON.stringify({ ...(JSON.parse(line) as object), roleArn: id }),
  (line, id) => JSON.stringify({ ...(JSON.parse(line) as object), status: id, since: id, region: id }),
  (line, id) => line.replace(/"hmac-sha256:[^"]*"/, id),
  (_, id) => id,
];

/** The ID, or the others' places, in a list of integrations from before. */
const LEGACY_MISTAKES: readonly ((id: string) => string)[] = [
  (id) =>
    JSON.stringify({ tenant: "legacy", account: id, roleArn: "arn:aws:iam::600000000099:role/Vendor", externalId: id }),
  (id) => JSON.stringify({ tenant: "legacy", account: "600000000099", roleArn: id, externalId: id }),
  (id) => JSON.stringify({ tenant: "legacy", account: "600000000099", externalId: id }),
  (id) =>
    JSON.stringify({
      tenant: "legacy",
      account: "600000000099",
      roleArn: "arn:aws:iam::600000000099:role/V",
      externalId: `${id} `,
    }),
  (id) => `{"tenant":"legacy","externalId":"${id}`,
  (id) => `600000000099,${id}`,
];

/** Writes what there is to read; answers the paths of it. */
async function filled(folder: string, carriers: Carriers, canaries: Canaries): Promise<ReadonlySet<string>> {
  const { estate, records, malformed } = carriers;
  const { externalIds } = canaries;
  const id = (nth: number): string => externalIds[nth % externalIds.length] ?? "";
  const papers: Record<string, string> = papersOf(estate);
  const config = papers[PAPERS.config] ?? "";
  const [line = ""] = (papers[PAPERS.tenants] ?? "").split("\n");
  const desk =
    config
      .replace(PAPERS.tenants, "desk-tenants.ndjson")
      .replace(
        /externalIds: \{.*\}/,
        `externalIds: { key: "file:${PAPERS.key}", vault: "file:ids.vault", vaultKey: "env:VAULT_KEY" }`,
      ) + `onboarding: { signingKey: "env:SIGNING_KEY" }\n`;
  const legacy = (nth: number, externalId: string): string =>
    `${JSON.stringify({ tenant: `legacy-${nth % 5}`, account: String(600_000_000_000 + nth), roleArn: `arn:aws:iam::${600_000_000_000 + nth}:role/Vendor`, externalId })}\n`;
  const texts: Record<string, string> = {
    ...papers,
    "desk.yaml": desk,
    "other.yaml": config
      .replaceAll(/sessionNames: .*/g, 'sessionNames: ["nobody-*"]')
      .replaceAll("maxDuration: 1h", "maxDuration: 15m"),
    "legacy.ndjson": externalIds.map((one, nth) => legacy(nth, one)).join(""),
    "conflicting.ndjson": legacy(3, id(4)) + legacy(5, id(5)).replace("legacy-0", "legacy-1"),
    "accounts.txt": "700000000001\n700000000002\n",
    "accounts-with-id.txt": `700000000003\n${id(7)}\n`,
    "accounts-with-id.json": JSON.stringify(["700000000003", id(8), { account: id(9) }]),
    "trail/unreadable.json": malformed.join("\n"),
    ...numbered(
      "mistaken",
      "yaml",
      MISTAKES.map((change, nth) => change(config, id(nth))),
    ),
    ...numbered(
      "legacy",
      "ndjson",
      LEGACY_MISTAKES.map((write, nth) => write(id(nth))),
    ),
    ...numbered(
      "registry",
      "yaml",
      REGISTRY_MISTAKES.map((_, nth) => desk.replace("desk-tenants", `registry-${nth}`)),
    ),
    ...numbered(
      "registry",
      "ndjson",
      REGISTRY_MISTAKES.map((change, nth) => `${change(line, id(nth))}\n`),
    ),
  };
  const files: [string, string | Uint8Array][] = [
    ...Object.entries(texts),
    ...deliveryFiles(records).map(({ key, body }): [string, Uint8Array] => [`trail/${key}`, body]),
    ...malformed.map((body, nth): [string, string] => [`trail/malformed-${nth}.json`, body]),
  ];
  for (const [name, content] of files) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  const entries = await readdir(folder, { recursive: true });
  return new Set(entries.map((name) => join(folder, name)));
}

function numbered(name: string, ending: string, texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(texts.map((text, nth) => [`${name}-${nth}.${ending}`, text]));
}

function environment(folder: string): Record<string, string> {
  const signing = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "der" });
  return {
    VAULT_KEY: Buffer.alloc(32, 26).toString("base64"),
    SIGNING_KEY: signing.toString("base64"),
    TMPDIR: folder,
    NO_COLOR: "1",
  };
}
