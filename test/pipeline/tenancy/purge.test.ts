import { generateKeyPairSync, verify } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { DETECTORS } from "../../../src/detectors/index.ts";
import { customer, deniedCall, exampleCall, exampleVendor, AWAY } from "../../../src/detectors/example.ts";
import { announce } from "../../../src/pipeline/announce.ts";
import { judge } from "../../../src/pipeline/judge.ts";
import { settingsFrom, type Settings } from "../../../src/pipeline/settings.ts";
import { adopt } from "../../../src/pipeline/tenancy/adopt.ts";
import { offboard } from "../../../src/pipeline/tenancy/offboard.ts";
import { purge, type Purging } from "../../../src/pipeline/tenancy/purge.ts";
import { isSigned, signerWith } from "../../../src/pipeline/tenancy/sign.ts";
import { sqliteOutbox } from "../../../src/stores/outbox/sqlite.ts";
import { sqlitePurge } from "../../../src/stores/purge/sqlite.ts";
import { sqliteStore } from "../../../src/stores/sqlite.ts";
import { DAY_MS, deskScene, type DeskScene } from "./scene.ts";

const LEAVING = customer("leaving-corp", "111122223333");
const STAYING = customer("staying-corp", "444455556666");
const vendor = exampleVendor({}, [LEAVING, STAYING]);
const settings: Settings = { ...settingsFrom(null, DETECTORS, new Uint8Array(32)), vendor };

const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const PUBLIC = publicKey.export({ type: "spki", format: "pem" }).toString();

interface Scene {
  readonly folder: string;
  readonly desk: DeskScene;
  readonly purging: Purging;
  /** All bytes of all files of memory and outbox. */
  readonly bytes: () => string;
  readonly detectors: () => Promise<readonly string[]>;
}

/** A memory in which both customers were attacked, one with the other, and each for itself. */
async function attacked(): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), "deputywatch-purge-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const path = join(folder, "memory.db");
  const [store, outbox] = [sqliteStore(path), sqliteOutbox(path)];
  const calls = [LEAVING, STAYING].flatMap((target) => [
    exampleCall({ target, from: AWAY, id: `away-${target.tenant}` }),
    exampleCall({ target, asked: { externalId: null }, id: `none-${target.tenant}` }),
    deniedCall({ target, id: `denied-${target.tenant}` }),
  ]);
  const { verdicts } = await judge({ calls, changes: [] }, { vendor, detectors: DETECTORS, store });
  await announce(verdicts, settings, outbox);
  await store.close();
  const [first] = verdicts;
  await outbox.told(first?.id ?? "", `tenant ${LEAVING.tenant}`, 1);
  await outbox.close();

  const desk = deskScene();
  await adopt(
    [LEAVING, STAYING].map(({ tenant, account, roleArn }) => ({
      tenant,
      account,
      roleArn,
      externalId: `id-of-${tenant}`,
    })),
    desk,
  );
  const sign = signerWith(privateKey.export({ type: "pkcs8", format: "der" }));
  return {
    folder,
    desk,
    purging: { purges: [sqlitePurge(path)], sign, afterMs: DAY_MS },
    bytes: () =>
      readdirSync(folder)
        .map((file) => readFileSync(join(folder, file), "latin1"))
        .join("\n"),
    detectors: async () => {
      const reader = sqliteOutbox(path);
      const { entries } = await reader.pending({ after: null, limit: 1000 });
      await reader.close();
      return entries.map(({ alert }) => `${alert.detector} ${alert.tenant ?? "several"}`).sort();
    },
  };
}

const leave = ({ desk }: Scene) => offboard(({ tenant }) => tenant === LEAVING.tenant, desk);
const NAMES = [LEAVING.tenant, LEAVING.account];

test("nothing that names a customer is left once the window is over, and what is others' stays", async () => {
  const scene = await attacked();
  for (const name of NAMES) expect(scene.bytes()).toContain(name);
  const before = await scene.detectors();
  await leave(scene);
  expect(await purge(scene.desk, scene.purging)).toEqual([]);
  expect(await scene.detectors()).toEqual(before);

  scene.desk.clock.nowMs += DAY_MS;
  const records = await purge(scene.desk, scene.purging);
  expect(records).toHaveLength(1);
  for (const name of NAMES) expect(scene.bytes()).not.toContain(name);
  expect(await scene.desk.at(LEAVING.account)).toBeNull();
  expect(await scene.desk.at(STAYING.account)).not.toBeNull();
  expect(await scene.desk.vault.digests()).toHaveLength(1);
  const own = (list: readonly string[], tenant: string) => list.filter((one) => one.endsWith(tenant));
  expect(own(before, LEAVING.tenant)).not.toEqual([]);
  expect(await scene.detectors()).toEqual(before.filter((one) => !one.endsWith(LEAVING.tenant)));
});

test("the record says what was deleted, names nobody, and only the vendor's key can have signed it", async () => {
  const scene = await attacked();
  await leave(scene);
  scene.desk.clock.nowMs += DAY_MS;
  const [record] = await purge(scene.desk, scene.purging);
  if (record === undefined) throw new Error("there is no record");
  expect(record.removed.cells).toBeGreaterThan(0);
  expect(record.removed.alerts).toBeGreaterThan(0);
  for (const name of NAMES) expect(JSON.stringify(record)).not.toContain(name);
  expect(record.accounts).toEqual([scene.desk.digester.subject(LEAVING.account)]);
  expect(isSigned(record, PUBLIC)).toBe(true);
  expect(isSigned({ ...record, deleted: "2020-01-01T00:00:00Z" }, PUBLIC)).toBe(false);
  expect(isSigned({ ...record, removed: { ...record.removed, alerts: 0 } }, PUBLIC)).toBe(false);
  const { signature, ...signed } = record;
  expect(verify(null, Buffer.from(JSON.stringify(signed)), PUBLIC, Buffer.from(signature, "base64"))).toBe(true);
  expect(await scene.desk.registrations.deletions()).toEqual([record]);
});

test.each(["purges", "keepDeletion", "remove"])(
  "a crash at %s is made good by the next run, with one record",
  async (where) => {
    const scene = await attacked();
    await leave(scene);
    scene.desk.clock.nowMs += DAY_MS;
    const crash = () => Promise.reject(new Error("killed"));
    const { desk, purging } = scene;
    const dying =
      where === "purges"
        ? { desk, purging: { ...purging, purges: [crash] } }
        : { desk: { ...desk, registrations: { ...desk.registrations, [where]: crash } }, purging };
    await expect(purge(dying.desk, dying.purging)).rejects.toThrow("killed");
    await purge(desk, purging);
    for (const name of NAMES) expect(scene.bytes()).not.toContain(name);
    expect(await desk.at(LEAVING.account)).toBeNull();
    expect(await desk.registrations.deletions()).toHaveLength(1);
  },
);

test("a customer that keeps some of its accounts keeps its name, and loses the others'", async () => {
  const scene = await attacked();
  const second = { tenant: LEAVING.tenant, account: "222233334444", roleArn: "arn:aws:iam::222233334444:role/Vendor" };
  await adopt([{ ...second, externalId: "id-of-second" }], scene.desk);
  await offboard(({ account }) => account === LEAVING.account, scene.desk);
  scene.desk.clock.nowMs += DAY_MS;
  await purge(scene.desk, scene.purging);
  expect(scene.bytes()).not.toContain(LEAVING.account);
  expect(await scene.desk.at("222233334444")).not.toBeNull();
});
