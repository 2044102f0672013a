import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { verifyFrom } from "../../handlers/verify.ts";
import { connectVerify } from "../../handlers/world.ts";
import type { VerifyWorld } from "../../src/pipeline/verify/verify-all.ts";
import { sqliteOutbox } from "../../src/stores/outbox/sqlite.ts";
import { fileVault } from "../../src/stores/vault/file.ts";
import { lineOf } from "../../src/tenants/write.ts";
import { folderWith } from "../cli/process.ts";
import {
  awsEnvironment,
  customer,
  demanding,
  KEY,
  OUTBOUND_ROLE,
  stsScene,
  trusting,
  type Customer,
} from "../sts/scene.ts";
import { lambda } from "./scene.ts";

const VAULT_KEY = Buffer.alloc(32, 9);

/** The function as it is deployed: files beside it, and an environment. */
async function deployed(customers: readonly Customer[]) {
  const here = await stsScene(customers);
  for (const { registration, id } of customers) here.sts.trust(registration.roleArn, demanding(id));
  const folder = folderWith({
    "tenants.ndjson": customers.map(({ registration }) => `${JSON.stringify(lineOf(registration))}\n`).join(""),
    "deputywatch.yaml": JSON.stringify({
      version: 1,
      outboundRoles: [{ arn: OUTBOUND_ROLE, workload: "scanner", sessionNames: ["scan-*"] }],
      tenants: { file: "tenants.ndjson" },
      externalIds: { key: "env:ID_KEY", vault: "file:ids.vault", vaultKey: "env:VAULT_KEY" },
      channels: { soc: { topic: "arn:aws:sns:us-east-1:999988887777:soc" } },
    }),
  });
  const vault = fileVault(join(folder, "ids.vault"), VAULT_KEY);
  for (const { registration, id } of customers) await vault.keep(new Map([[registration.externalId ?? "", id]]));
  await vault.close();
  const world = await connectVerify({
    ...awsEnvironment(here.sts),
    ID_KEY: Buffer.from(KEY).toString("base64"),
    VAULT_KEY: VAULT_KEY.toString("base64"),
    DEPUTYWATCH_CONFIG: join(folder, "deputywatch.yaml"),
    DEPUTYWATCH_MEMORY: join(folder, "memory.db"),
    DEPUTYWATCH_OUTBOX: `sqlite:${join(folder, "memory.db")}`,
    DEPUTYWATCH_VERIFY_THROUGH: OUTBOUND_ROLE,
  });
  return { ...here, folder, deployed: world };
}

function handlerOf(world: VerifyWorld) {
  const said: string[] = [];
  const handler = verifyFrom(
    () => Promise.resolve(world),
    (line) => said.push(line),
  );
  return { handler, said };
}

test("the timer asks every role, writes down what is enforced, and says one line with no secret in it", async () => {
  const [acme, globex, initech] = [customer(0), customer(1, { status: "onboarding" }), customer(2)];
  const here = await deployed([acme, globex, initech]);
  here.sts.faults.next = ({ RoleArn }) => (RoleArn === initech.registration.roleArn ? "region disabled" : null);
  const { handler, said } = handlerOf(here.deployed);
  await handler({}, lambda());
  expect(said.map((line) => JSON.parse(line) as unknown)).toEqual([
    {
      ...{ roles: 3, enforced: 2, letsIn: 0, rejected: 0, refuses: 0, unclear: 1, left: 0, unrecorded: 0 },
      why: { "STS answered RegionDisabledException": 1 },
    },
  ]);
  const registry = await readFile(join(here.folder, "tenants.ndjson"), "utf8");
  expect(registry.match(/"status":"active"/g)).toHaveLength(3);
  expect(registry.match(/"verified":"/g)).toHaveLength(2);
  expect(here.sts.seen.at(-1)?.asked.RoleSessionName).toBe("scan-deputywatch-verify");
  for (const secret of here.sts.secrets) expect(said.join("") + registry).not.toContain(secret);
});

test("near the end of its time the function begins nothing more, and the next run takes up the rest", async () => {
  const customers = Array.from({ length: 60 }, (_, n) => customer(n));
  const here = await deployed(customers);
  here.sts.latency.ms = 60;
  const { handler, said } = handlerOf(here.deployed);
  await handler({}, lambda(20_900));
  const { registrations } = here.deployed;
  const done = (await registrations.all()).filter(({ registration }) => registration.verifiedMs !== null);
  const before = here.sts.seen.length;
  await handler({}, lambda(60_000));
  const [first, second] = said.map((line) => JSON.parse(line) as { enforced: number; left: number; unclear: number });
  expect(first).toMatchObject({ unclear: 0, left: 60 - (first?.enforced ?? 0) });
  expect(first?.left).toBeGreaterThan(0);
  expect(first?.enforced).toBeGreaterThan(0);
  expect(second).toMatchObject({ enforced: 60, left: 0 });
  expect(done).toHaveLength(first?.enforced ?? 0);
  const order = [...new Set(here.sts.seen.slice(before).map(({ asked }) => asked.RoleArn))];
  const again = new Set(done.map(({ registration }) => registration.roleArn));
  expect(order).toHaveLength(60);
  expect(order.slice(0, 60 - done.length - 8).filter((roleArn) => again.has(roleArn ?? ""))).toEqual([]);
});

test("a function without a key for external IDs says so before it asks anybody", async () => {
  const folder = folderWith({
    "deputywatch.yaml": "version: 1\nchannels: { soc: { topic: arn:aws:sns:us-east-1:999988887777:soc } }\n",
  });
  await expect(connectVerify({ DEPUTYWATCH_CONFIG: join(folder, "deputywatch.yaml") })).rejects.toThrow(
    "names no registry",
  );
});

test("drift that the timer finds is in the outbox when the run is over, where a detector judges it", async () => {
  const acme = customer(0);
  const here = await deployed([acme]);
  here.sts.trust(acme.registration.roleArn, trusting());
  const { handler, said } = handlerOf({ ...here.deployed, sleep: here.world.sleep, now: here.world.now });
  await handler({}, lambda());
  expect(JSON.parse(said[0] ?? "")).toMatchObject({ letsIn: 1, rejected: 0 });
  const outbox = sqliteOutbox(join(here.folder, "memory.db"));
  const { entries } = await outbox.pending({ after: null, limit: 10 });
  await outbox.close();
  const { tenant, roleArn } = acme.registration;
  expect(entries.map(({ alert }) => alert)).toMatchObject([
    {
      detector: "trust-policy-weakened",
      tenant,
      roleArn,
      summary: `The role ${roleArn} lets in without an external ID (found by a probe).`,
    },
  ]);
});
