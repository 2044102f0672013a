import { utimesSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Renewal } from "../../src/config/load.ts";
import {
  ACME,
  customer,
  deniedCall,
  exampleCall,
  exampleDigest,
  exampleEntry,
  exampleVendor,
  GLOBEX,
  later,
} from "../../src/detectors/example.ts";
import { liveSettings, type LiveSettings } from "../../src/pipeline/live-settings.ts";
import { settingsFrom, type Settings } from "../../src/pipeline/settings.ts";
import type { CustomerRole } from "../../src/tenants/tenant.ts";
import type { Vendor } from "../../src/outbound/vendor.ts";

const INITECH = customer("initech", "777788889999");
const MINUTE_MS = 60_000;

function vendorOf(customers: readonly CustomerRole[]): Vendor {
  return exampleVendor({}, customers, { versions: { config: JSON.stringify(customers), ranges: "example" } });
}

function settingsBy(vendor: Vendor): Settings {
  return { ...settingsFrom(null, [], new Uint8Array(32)), vendor };
}

/** A registry that was read at ten in the morning, with a clock to move on. */
function scene(extra: Partial<Renewal> = {}) {
  const state = {
    nowMs: later(0),
    readings: 0,
    customers: [ACME, GLOBEX] as readonly CustomerRole[],
    failure: null as Error | null,
  };
  const renewal: Renewal = {
    file: null,
    readMs: later(0),
    read: () => {
      state.readings++;
      return state.failure === null ? Promise.resolve(vendorOf(state.customers)) : Promise.reject(state.failure);
    },
    ...extra,
  };
  const given = settingsBy(vendorOf(state.customers));
  return { state, given, live: liveSettings(given, renewal, () => state.nowMs) };
}

const into = (role: CustomerRole, seconds: number) => exampleCall({ target: role, at: later(seconds) });

async function knows(
  live: LiveSettings,
  account: string,
  ...calls: Parameters<LiveSettings["forCalls"]>[0]
): Promise<boolean> {
  const { vendor } = await live.forCalls(calls);
  return vendor.registry!.knowsAccount(account);
}

test("a call that happened after the registry was read and went to nobody has it read again", async () => {
  const { state, live } = scene();
  state.nowMs = later(60);
  expect(await knows(live, INITECH.account, into(ACME, 55))).toBe(false);
  expect(state.readings).toBe(0);
  state.customers = [ACME, GLOBEX, INITECH];
  expect(await knows(live, INITECH.account, into(ACME, 55), into(INITECH, 50))).toBe(true);
  expect(state.readings).toBe(1);
  expect(live.settings().vendor.registry?.knowsAccount(INITECH.account)).toBe(true);
});

test("a call from before the reading, or no crossing at all, has nothing read again", async () => {
  const { state, live } = scene();
  state.nowMs = later(60);
  const elsewhere = exampleCall({ target: "arn:aws:iam::999988887777:role/reports", at: later(50) });
  await live.forCalls([into(INITECH, -1), exampleEntry({ at: later(50) }), elsewhere, into(ACME, 50)]);
  expect(state.readings).toBe(0);
});

test.each([
  ["a denied guess", deniedCall({ target: INITECH.roleArn, at: later(50) })],
  ["another role of a customer's", exampleCall({ target: "arn:aws:iam::111122223333:role/Other", at: later(50) })],
  [
    "an external ID that the role does not hold",
    exampleCall({ at: later(50), asked: { externalId: { digest: exampleDigest("new"), strength: "strong" } } }),
  ],
  [
    "another customer's external ID",
    exampleCall({ at: later(50), asked: { externalId: { digest: exampleDigest("globex"), strength: "strong" } } }),
  ],
])("%s may be what a newer registry explains", async (_, call) => {
  const { state, live } = scene();
  state.nowMs = later(60);
  await live.forCalls([call]);
  expect(state.readings).toBe(1);
});

test("a role that was not in force may be by a newer registry", async () => {
  const { state, live } = scene();
  state.customers = [{ ...ACME, untilMs: later(30), status: "offboarded" }];
  state.nowMs = later(6 * 60);
  expect((await live.forCalls([])).vendor.registry?.roles).toHaveLength(1);
  state.customers = [ACME];
  state.nowMs += 10_000;
  const { vendor } = await live.forCalls([into(ACME, 6 * 60 + 5)]);
  expect(vendor.registry?.tenancyOf(ACME.roleArn, ACME.account, later(400)).kind).toBe("registered");
});

test("a flood of strangers with one time has it read once, though their clock is ahead of ours", async () => {
  const { state, live } = scene();
  state.nowMs = later(60);
  for (let n = 0; n < 1_000; n++) {
    await live.forCalls([into(INITECH, 90)]);
    state.nowMs += 100;
  }
  expect(state.readings).toBe(1);
});

test("a flood of strangers of all times has it read every few seconds, and no oftener", async () => {
  const { state, live } = scene();
  for (let n = 0; n < 1_000; n++) {
    state.nowMs = later(60) + n * 100;
    await live.forCalls([exampleCall({ target: INITECH.roleArn, at: state.nowMs - 50 })]);
  }
  expect(state.readings).toBeGreaterThan(10);
  expect(state.readings).toBeLessThanOrEqual(20);
});

test("what no call asks for is known after five minutes, and settings stay the same value while nothing changes", async () => {
  const { state, given, live } = scene();
  state.nowMs = later(0) + 5 * MINUTE_MS - 1;
  expect(await live.forCalls([into(ACME, 200)])).toBe(given);
  expect(state.readings).toBe(0);
  state.nowMs++;
  expect(await live.forCalls([])).toBe(given);
  expect(state.readings).toBe(1);
  state.customers = [ACME];
  state.nowMs += 5 * MINUTE_MS;
  expect((await live.forCalls([])).vendor.registry?.roles).toHaveLength(1);
  expect(await live.forCalls([])).toBe(live.settings());
  expect(state.readings).toBe(2);
});

test("a registry that cannot be read is judged by as it was, said so, and read when it can be", async () => {
  const { state, given, live } = scene();
  state.nowMs = later(60);
  state.failure = new Error("the table is throttled");
  expect(await live.forCalls([into(INITECH, 50)])).toBe(given);
  expect(live.problem()).toBe("the registry could not be read again: the table is throttled");
  state.failure = null;
  state.customers = [ACME, GLOBEX, INITECH];
  state.nowMs += 1_000;
  expect(await live.forCalls([into(INITECH, 55)])).toBe(given);
  state.nowMs += 5_000;
  expect(await knows(live, INITECH.account, into(INITECH, 50))).toBe(true);
  expect(live.problem()).toBeNull();
});

test("a registry that has lost all its customers at once is not believed", async () => {
  const { state, given, live } = scene();
  state.customers = [];
  state.nowMs += 5 * MINUTE_MS;
  expect(await live.forCalls([])).toBe(given);
  expect(live.problem()).toBe("the registry could not be read again: no customer is left in it");
});

test("a reading that never ends holds nobody up for long, and another one is begun after it", async () => {
  const stuck = Promise.withResolvers<Vendor>();
  const readings: Promise<Vendor>[] = [stuck.promise, Promise.resolve(vendorOf([ACME, INITECH]))];
  const { state, given } = scene();
  let begun = 0;
  const renewal: Renewal = { file: null, readMs: later(0), read: () => readings[begun++]! };
  const live = liveSettings(given, renewal, () => (state.nowMs += 11_000));
  expect(await live.forCalls([into(INITECH, 50)])).toBe(given);
  expect(live.problem()).toBe("the registry is being read for too long");
  while (begun < 2) await live.forCalls([into(INITECH, 50)]);
  expect(await knows(live, INITECH.account)).toBe(true);
  expect(live.problem()).toBeNull();
  stuck.resolve(vendorOf([GLOBEX]));
  await new Promise(setImmediate);
  expect(await knows(live, GLOBEX.account)).toBe(false);
});

test("several who need it at once read it once", async () => {
  const { state, live } = scene();
  state.nowMs = later(60);
  state.customers = [INITECH];
  const known = await Promise.all([1, 2, 3].map((n) => knows(live, INITECH.account, into(INITECH, 50 + n))));
  expect([known, state.readings]).toEqual([[true, true, true], 1]);
});

test("a tenant of whom nothing is known has it read again before it is told of", async () => {
  const { state, live } = scene();
  state.customers = [ACME, GLOBEX, INITECH];
  state.nowMs = later(60);
  await live.forTenant("acme");
  expect(state.readings).toBe(0);
  expect((await live.forTenant("initech")).vendor.registry?.knowsTenant("initech")).toBe(true);
  for (let n = 0; n < 100; n++) await live.forTenant("nobody");
  expect(state.readings).toBe(1);
});

test("a clock that is set back stops nothing", async () => {
  const { state, live } = scene();
  state.nowMs = later(0) + 10 * MINUTE_MS;
  await live.forCalls([]);
  state.nowMs = later(0) - 24 * 60 * MINUTE_MS;
  await live.forCalls([]);
  expect(state.readings).toBe(2);
});

test("a file is read again only where it has become another", async () => {
  const folder = await mkdtemp(join(tmpdir(), "registry-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, "tenants.ndjson");
  writeFileSync(file, "one");
  const { state, live } = scene({ file });
  for (let n = 1; n <= 3; n++) {
    state.nowMs += 5 * MINUTE_MS;
    await live.forCalls([]);
  }
  expect(state.readings).toBe(1);
  writeFileSync(file, "two");
  utimesSync(file, 1, 1);
  state.nowMs += 5 * MINUTE_MS;
  await live.forCalls([]);
  expect(state.readings).toBe(2);
  await rm(file);
  state.nowMs += 5 * MINUTE_MS;
  await live.forCalls([]);
  expect(live.problem()).toContain("ENOENT");
});
