import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { purgeFrom } from "../../handlers/purge.ts";
import { connectPurge } from "../../handlers/world.ts";
import { offboard } from "../../src/pipeline/tenancy/offboard.ts";
import { register } from "../../src/pipeline/tenancy/register.ts";
import { sqliteStore } from "../../src/stores/sqlite.ts";
import { folderWith } from "../cli/process.ts";

const KEY = Buffer.alloc(32, 5).toString("base64");

test("the timer deletes what is left of who left longer ago than configured, and says how much in one line", async () => {
  const { privateKey } = generateKeyPairSync("ed25519");
  const folder = folderWith({
    "tenants.ndjson": `${JSON.stringify({ tenant: "staying", account: "444455556666", roleArn: "arn:aws:iam::444455556666:role/V", status: "active" })}\n`,
    "deputywatch.yaml": JSON.stringify({
      version: 1,
      tenants: { file: "tenants.ndjson" },
      externalIds: { key: "env:KEY", vault: "file:ids.vault", vaultKey: "env:KEY" },
      onboarding: { signingKey: "env:SIGNING", purgeAfter: "1s" },
      channels: { soc: { topic: "arn:aws:sns:us-east-1:999988887777:soc" } },
    }),
  });
  const memory = join(folder, "memory.db");
  const store = sqliteStore(memory);
  await store.merge(new Map([["denied/111122223333", { kind: "marks", value: new Set(["111122223333"]) }]]));
  await store.close();
  const world = await connectPurge({
    KEY,
    SIGNING: privateKey.export({ type: "pkcs8", format: "der" }).toString("base64"),
    DEPUTYWATCH_CONFIG: join(folder, "deputywatch.yaml"),
    DEPUTYWATCH_MEMORY: memory,
    DEPUTYWATCH_OUTBOX: `sqlite:${memory}`,
  });
  await register("leaving", [{ account: "111122223333" }], world.desk);
  await offboard(({ tenant }) => tenant === "leaving", world.desk);
  const said: string[] = [];
  const run = (afterMs: number) => {
    const desk = { ...world.desk, now: () => Date.now() + afterMs };
    return purgeFrom(
      () => Promise.resolve({ ...world, desk }),
      (line) => said.push(line),
    )();
  };
  await run(0);
  await run(2_000);
  expect(said.map((line) => JSON.parse(line) as unknown)).toEqual([
    { retired: 0, purged: [] },
    { retired: 0, purged: [expect.objectContaining({ registrations: 1, cells: 1 })] },
  ]);
  expect(said.join("")).not.toMatch(/leaving|111122223333/);
  for (const file of ["memory.db", "tenants.ndjson"])
    expect(readFileSync(join(folder, file), "latin1")).not.toContain("111122223333");
});
