import { expect, test } from "vitest";
import { report } from "../../../src/pipeline/report.ts";
import { settingsFrom } from "../../../src/pipeline/settings.ts";
import { verifyAll, type VerifyOptions, type VerifyWorld } from "../../../src/pipeline/verify/verify-all.ts";
import { memoryStore } from "../../../src/stores/memory.ts";
import { memoryOutbox } from "../../../src/stores/outbox/memory.ts";
import { fileRegistrations } from "../../../src/stores/registrations/file.ts";
import { memoryRegistrations } from "../../../src/stores/registrations/memory.ts";
import type { Registrations } from "../../../src/stores/registrations/registrations.ts";
import type { Incident } from "../../../src/tenants/incident.ts";
import type { Registration } from "../../../src/tenants/tenant.ts";
import { lineOf } from "../../../src/tenants/write.ts";
import { folderWith } from "../../cli/process.ts";
import { DETECTORS } from "../../../src/detectors/index.ts";
import { customer, demanding, KEY, probesOf, stsScene, trusting, type Customer } from "../../sts/scene.ts";

/** Everything that a run may touch; its incidents are kept as they were reported. */
async function bulk(customers: readonly Customer[], registrations: Registrations) {
  const here = await stsScene(customers);
  for (const { registration, id } of customers) here.sts.trust(registration.roleArn, demanding(id));
  const reported: Incident[] = [];
  const world: VerifyWorld = {
    ...here.world,
    registrations,
    sessionNames: null,
    report: (incidents) => {
      reported.push(...incidents);
      return Promise.resolve();
    },
  };
  const run = (options: Partial<VerifyOptions> = {}, extra: Partial<VerifyWorld> = {}) =>
    verifyAll({ ...world, ...extra }, { signal: new AbortController().signal, ...options });
  return { ...here, world, reported, run };
}

function inMemory(customers: readonly Customer[]): Registrations {
  return memoryRegistrations(customers.map(({ registration }) => registration));
}

async function registered(registrations: Registrations, { registration }: Customer): Promise<Registration> {
  const held = await registrations.of(registration.account);
  if (held === null) throw new Error("not registered");
  return held.registration;
}

const QUIET = { enforced: 0, letsIn: 0, rejected: 0, refuses: 0, unclear: 0, left: 0, unrecorded: 0 };

test("roles that enforce their IDs are written down as seen so, and one that was onboarding is active", async () => {
  const [acme, globex] = [customer(0), customer(1, { status: "onboarding" })];
  const registrations = inMemory([acme, globex]);
  const { run, reported, world } = await bulk([acme, globex], registrations);
  const fromMs = world.now();
  expect(await run()).toEqual({ ...QUIET, roles: 2, enforced: 2 });
  expect(reported).toEqual([]);
  for (const each of [acme, globex]) {
    const { verifiedMs, ...kept } = await registered(registrations, each);
    expect(verifiedMs).toBeGreaterThanOrEqual(fromMs);
    expect(kept).toEqual({ ...each.registration, status: "active", verifiedMs: undefined });
  }
});

test("an active role that lets in is an incident, and stays as it was registered", async () => {
  const acme = customer(0, { verifiedMs: 1_000 });
  const registrations = inMemory([acme]);
  const { run, reported, sts } = await bulk([acme], registrations);
  sts.trust(acme.registration.roleArn, trusting());
  expect(await run()).toEqual({ ...QUIET, roles: 1, letsIn: 1 });
  const { tenant, account, roleArn } = acme.registration;
  expect(reported).toEqual([
    {
      kind: "role-opened",
      timeMs: expect.any(Number) as number,
      ...{ tenant, account, roleArn },
      facts: { wrongs: ["lets in without an external ID"] },
    },
  ]);
  expect(await registered(registrations, acme)).toEqual(acme.registration);
});

test("drift reaches the outbox as one alert a day, however often it is found", async () => {
  const acme = customer(0);
  const { run, sts } = await bulk([acme], inMemory([acme]));
  sts.trust(acme.registration.roleArn, trusting({ StringLike: { "sts:ExternalId": "*" } }));
  const outbox = memoryOutbox();
  const settings = settingsFrom(null, DETECTORS, KEY);
  const desk = { settings, store: memoryStore(), outbox };
  const tell = (incidents: readonly Incident[]): Promise<number> => report(incidents, desk);
  await run({}, { report: tell });
  await run({}, { report: tell });
  const { entries } = await outbox.pending({ after: null, limit: 10 });
  expect(entries.map(({ alert }) => alert)).toMatchObject([
    {
      detector: "trust-policy-weakened",
      tenant: "tenant-0",
      account: acme.registration.account,
      roleArn: acme.registration.roleArn,
      evidence: { foundBy: ["a probe"], wrongs: ["lets in with a wrong external ID"] },
    },
  ]);
});

test("a role that lets in while it is onboarding is rejected: it stays onboarding, and nothing has drifted", async () => {
  const acme = customer(0, { status: "onboarding" });
  const registrations = inMemory([acme]);
  const { run, reported, sts } = await bulk([acme], registrations);
  sts.trust(acme.registration.roleArn, trusting());
  expect(await run()).toEqual({ ...QUIET, roles: 1, letsIn: 1, rejected: 1 });
  expect(reported).toEqual([]);
  expect(await registered(registrations, acme)).toEqual(acme.registration);

  sts.trust(acme.registration.roleArn, demanding(acme.id));
  expect(await run()).toEqual({ ...QUIET, roles: 1, enforced: 1 });
  expect(await registered(registrations, acme)).toMatchObject({ status: "active" });
});

test("a role that refuses, or that nothing is known of, is changed in nothing and does not hold up the others", async () => {
  const [acme, globex, initech] = [customer(0), customer(1), customer(2)];
  const registrations = inMemory([acme, globex, initech]);
  const { run, reported, sts } = await bulk([acme, globex, initech], registrations);
  sts.trust(acme.registration.roleArn, demanding("another-id"));
  sts.faults.next = ({ RoleArn }) => (RoleArn === globex.registration.roleArn ? "region disabled" : null);
  expect(await run()).toEqual({ ...QUIET, roles: 3, enforced: 1, refuses: 1, unclear: 1 });
  expect(reported).toEqual([]);
  expect(await registered(registrations, acme)).toEqual(acme.registration);
  expect(await registered(registrations, globex)).toEqual(globex.registration);
});

test("onboarding and freshly rotated roles are waited for, others are not, and whoever asks may say otherwise", async () => {
  const refusing = async (changes: Partial<Registration>, options: Partial<VerifyOptions> = {}): Promise<number> => {
    const acme = customer(0, changes);
    const here = await bulk([acme], inMemory([acme]));
    here.sts.trust(acme.registration.roleArn, demanding("another-id"));
    expect(await here.run(options)).toMatchObject({ refuses: 1 });
    return Math.round(here.slept.ms / 1000);
  };
  expect(await refusing({ status: "onboarding" })).toBe(30);
  expect(await refusing({ externalIdSinceMs: Date.now() - 59 * 60_000 })).toBe(30);
  expect(await refusing({ externalIdSinceMs: Date.now() - 61 * 60_000 })).toBe(0);
  expect(await refusing({})).toBe(0);
  expect(await refusing({}, { patienceMs: 90_000 })).toBe(90);
  expect(await refusing({ status: "onboarding" }, { patienceMs: 0 })).toBe(0);
});

test("who is off-boarded, over, or not asked for is not probed", async () => {
  const customers = [
    customer(0, { status: "offboarded" }),
    customer(1, { untilMs: 1_000 }),
    customer(2, { sinceMs: Date.now() + 1e9 }),
    customer(3),
    customer(4),
  ];
  const here = await bulk(customers, inMemory(customers));
  expect(await here.run({ only: ({ tenant }) => tenant === "tenant-4" })).toEqual({
    ...QUIET,
    ...{ roles: 1, enforced: 1 },
  });
  expect(customers.map((each) => probesOf(here, each).length)).toEqual([0, 0, 0, 0, 3]);
  expect(await here.run()).toEqual({ ...QUIET, roles: 2, enforced: 2 });
});

test("five hundred roles are verified eight at a time, in well under a minute", async () => {
  const customers = Array.from({ length: 500 }, (_, n) => customer(n));
  const here = await bulk(customers, inMemory(customers));
  here.sts.latency.ms = 5;
  let now = 0;
  let most = 0;
  const sts: VerifyWorld["sts"] = async (...asked) => {
    most = Math.max(most, ++now);
    const answer = await here.world.sts(...asked);
    now--;
    return answer;
  };
  const startMs = performance.now();
  expect(await here.run({}, { sts })).toEqual({ ...QUIET, roles: 500, enforced: 500 });
  expect(most).toBe(8);
  expect(performance.now() - startMs).toBeLessThan(45_000);
}, 60_000);

test("a run that is ended leaves the rest, and the next begins with those that were longest not verified", async () => {
  const customers = Array.from({ length: 30 }, (_, n) => customer(n, { verifiedMs: 1_000 + ((n * 7) % 30) }));
  const registrations = inMemory(customers);
  const here = await bulk(customers, registrations);
  const stop = new AbortController();
  const first: string[] = [];
  const seen = await here.run({
    signal: stop.signal,
    onFound: ({ registration }) => {
      first.push(registration.account);
      if (first.length === 10) stop.abort();
    },
  });
  expect(seen).toEqual({ ...QUIET, roles: 30, enforced: first.length, left: 30 - first.length });
  expect(first.length).toBeLessThan(18);
  const oldest = customers.toSorted((a, b) => (a.registration.verifiedMs ?? 0) - (b.registration.verifiedMs ?? 0));
  expect(new Set(first).isSubsetOf(new Set(oldest.slice(0, 18).map(({ registration }) => registration.account)))).toBe(
    true,
  );

  const second: string[] = [];
  await here.run({ onFound: ({ registration }) => void second.push(registration.account) });
  expect(new Set(second.slice(0, 30 - first.length)).isDisjointFrom(new Set(first))).toBe(true);
});

test("where another changes the registration meanwhile, both changes stand", async () => {
  const acme = customer(0, { status: "onboarding" });
  const registrations = inMemory([acme]);
  const here = await bulk([acme], registrations);
  const topic = "arn:aws:sns:us-east-1:999988887777:acme";
  const done = await here.run({
    onFound: async () => {
      const held = await registrations.of(acme.registration.account);
      const next = { ...acme.registration, feedTopicArn: topic };
      await registrations.replace(held === null ? [] : [{ held, next }]);
    },
  });
  expect(done).toEqual({ ...QUIET, roles: 1, enforced: 1 });
  expect(await registered(registrations, acme)).toMatchObject({
    ...{ feedTopicArn: topic, status: "active" },
    verifiedMs: expect.any(Number) as number,
  });
});

test.each([
  ["given another external ID", { externalId: customer(9).registration.externalId }],
  ["given another role", { roleArn: "arn:aws:iam::111122223333:role/Another" }],
  ["off-boarded", { status: "offboarded" }],
] as const)("what was found of a role that was %s meanwhile is not written down", async (_, changes) => {
  const acme = customer(0);
  const registrations = inMemory([acme]);
  const here = await bulk([acme], registrations);
  const changed = { ...acme.registration, ...changes };
  await here.run({
    onFound: async () => {
      const held = await registrations.of(acme.registration.account);
      await registrations.replace(held === null ? [] : [{ held, next: changed }]);
    },
  });
  expect(await registered(registrations, acme)).toEqual(changed);
});

test("an account with several roles is verified one after another, and its file is left to its owner", async () => {
  const [acme, second] = [customer(0), customer(0)];
  const roleArn = "arn:aws:iam::111122223333:role/Second";
  const both = [acme, { id: second.id, registration: { ...second.registration, roleArn } }];
  const lines = both.map(({ registration }) => `${JSON.stringify(lineOf(registration))}\n`).join("");
  const folder = folderWith({ "tenants.ndjson": lines });
  const registrations = fileRegistrations(`${folder}/tenants.ndjson`);
  const here = await bulk(both, registrations);
  expect(await here.run()).toEqual({ ...QUIET, roles: 2, enforced: 2, unrecorded: 2 });
  expect(here.slept.ms).toBe(200);
  expect((await registrations.all()).map(({ registration }) => registration.verifiedMs)).toEqual([null, null]);
});

test("where the incident cannot be reported the run fails, and nothing is written down that was not found", async () => {
  const [acme, globex] = [customer(0), customer(1)];
  const registrations = inMemory([acme, globex]);
  const here = await bulk([acme, globex], registrations);
  here.sts.trust(acme.registration.roleArn, trusting());
  const broken = { report: () => Promise.reject(new Error("no memory")) };
  await expect(here.run({}, broken)).rejects.toThrow("no memory");
  expect(await registered(registrations, acme)).toEqual(acme.registration);
  expect(await registered(registrations, globex)).toEqual(globex.registration);
});

test("a role whose probing breaks in an unforeseen way is unclear, and the others are judged", async () => {
  const [acme, globex] = [customer(0), customer(1)];
  const here = await bulk([acme, globex], inMemory([acme, globex]));
  const found: unknown[] = [];
  const sts: VerifyWorld["sts"] = (attempt, signal) =>
    attempt.roleArn === acme.registration.roleArn
      ? Promise.reject(new TypeError(`odd ${attempt.externalId}`))
      : here.world.sts(attempt, signal);
  const seen = await here.run({ onFound: ({ why }) => void found.push(why) }, { sts });
  expect(seen).toEqual({ ...QUIET, roles: 2, enforced: 1, unclear: 1 });
  expect(found).toContain("it could not be probed (TypeError)");
});
