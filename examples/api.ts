import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { onboardingFrom } from "../handlers/onboarding.ts";
import { escapeText } from "../src/alerts/escape.ts";
import { EXIT } from "../src/cli/exit.ts";
import { isMistake, mistake } from "../src/config/mistake.ts";
import { localDesk } from "./api/desk.ts";
import { serve } from "./api/server.ts";

const HELP = `npm run api -- [--port 8787] [--host 127.0.0.1] [--folder DIR]

The onboarding API on this machine, for trying and for tests of what calls it. A
tenant's token is "Bearer dev-TENANT". What it keeps is in the folder, or in one
that is made for the occasion. The audit log goes to standard output.
`;

async function run(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "8787" },
      host: { type: "string", default: "127.0.0.1" },
      folder: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const port = /^\d{1,5}$/.test(values.port) ? Number(values.port) : -1;
  if (port < 0 || port > 65_535)
    throw mistake("--port is not a port", "a number from 0, for any that is free, to 65535");
  const folder = values.folder ?? (await mkdtemp(join(tmpdir(), "deputywatch-api-")));
  const world = await localDesk(folder);
  const handler = onboardingFrom(
    () => Promise.resolve(world),
    (line) => process.stdout.write(`${line}\n`),
  );
  const serving = await serve(handler, { host: values.host, port });
  process.stderr.write(
    "WARNING: for development only. Anybody on this machine may be any tenant: the token is `Bearer dev-TENANT`.\n" +
      `keeps its registrations, vault and keys in ${escapeText(folder)}\n` +
      `listens on ${serving.url}; try: curl -s ${serving.url}/integrations/aws -H 'authorization: Bearer dev-acme'\n`,
  );
  for (const signal of ["SIGINT", "SIGTERM"]) {
    process.once(signal, () => {
      void serving.close().then(world.close);
    });
  }
}

try {
  await run();
} catch (error) {
  const isUsage =
    isMistake(error) || (error instanceof Error && "code" in error && String(error.code).includes("ARGS"));
  const hint = isMistake(error) && error.hint !== null ? `${error.hint}\n` : "";
  process.stderr.write(`${escapeText(error instanceof Error ? error.message : String(error))}\n${hint}`);
  process.exitCode = isUsage ? EXIT.usage : EXIT.failed;
}
