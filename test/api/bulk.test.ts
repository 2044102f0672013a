import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { account, BASE, servedScene } from "./scene.ts";

test("ten thousand accounts get an external ID each in one request, and keep it when the list comes again", async () => {
  const { send, folder, world } = await servedScene();
  const accounts = Array.from({ length: 10_000 }, (_, at) => account(at));
  const before = process.cpuUsage();
  const first = await send({ method: "POST", path: BASE, body: { accounts } });
  const { user, system } = process.cpuUsage(before);
  expect([first.status, first.body]).toMatchObject([201, { registered: 10_000, already: 0, taken: 0 }]);
  // Microseconds of this process, client and server: five seconds, on however busy a machine.
  expect(user + system).toBeLessThan(5_000_000);
  // A function's answer may have six megabytes.
  expect(Buffer.byteLength(first.text)).toBeLessThan(3_000_000);

  const reveal = { method: "POST", path: `${BASE}/externalids/reveal`, body: { accounts } };
  const map = (await send(reveal)).body.externalIds;
  expect(Object.keys(map)).toEqual(accounts);
  expect(new Set(Object.values(map)).size).toBe(10_000);
  expect((await world.desk.vault.digests()).length).toBe(10_000);

  const again = await send({ method: "POST", path: BASE, body: { accounts } });
  expect([again.status, again.body]).toMatchObject([200, { registered: 0, already: 10_000, taken: 0 }]);
  expect((await send(reveal)).body.externalIds).toEqual(map);
  const registry = await readFile(join(folder, "tenants.ndjson"), "utf8");
  expect(registry.match(/\n/g)?.length).toBe(10_000);
  expect(registry).not.toContain(map[account(0)]);
}, 60_000);

test("more than ten thousand are refused as a whole", async () => {
  const { send, world } = await servedScene();
  const accounts = Array.from({ length: 10_001 }, (_, at) => account(at));
  const { status, body } = await send({ method: "POST", path: BASE, body: { accounts } });
  expect([status, body.errors]).toEqual([
    400,
    [{ pointer: "/accounts", detail: "Too big: expected array to have <=10000 items" }],
  ]);
  expect(await world.desk.registrations.all()).toEqual([]);
});

test("faults of a list are told up to twenty, and how many more there are", async () => {
  const { send } = await servedScene();
  const accounts = Array.from({ length: 50 }, (_, at) => String(at));
  const { body } = await send({ method: "POST", path: BASE, body: { accounts } });
  expect([body.errors.length, body]).toMatchObject([20, { detail: "and 30 more" }]);
});
