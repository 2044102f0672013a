import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { DETECTORS } from "../../../src/detectors/index.ts";
import { historian } from "../../../src/pipeline/historian.ts";
import { ingest, type World } from "../../../src/pipeline/ingest.ts";
import { settingsOf } from "../../../src/pipeline/settings.ts";
import { verifyRole } from "../../../src/pipeline/verify/verify-role.ts";
import { memoryStore } from "../../../src/stores/memory.ts";
import { memoryOutbox } from "../../../src/stores/outbox/memory.ts";
import { memoryQuarantine } from "../../../src/stores/quarantine/memory.ts";
import { lineOf } from "../../../src/tenants/write.ts";
import { folderWith } from "../../cli/process.ts";
import { customer, demanding, KEY, OUTBOUND_ROLE, stsScene, trusting, type Scene } from "../../sts/scene.ts";
import { recordsOf } from "../../sts/trail.ts";

const acme = customer(0);
const globex = customer(1);

/** The vendor as it is configured, who owns none of the addresses that the records come from. */
async function watcher(): Promise<World> {
  const folder = folderWith({
    "tenants.ndjson": [acme, globex].map(({ registration }) => `${JSON.stringify(lineOf(registration))}\n`).join(""),
    "deputywatch.yaml": JSON.stringify({
      version: 1,
      vendor: { accounts: ["999988887777"] },
      outboundRoles: [
        {
          arn: OUTBOUND_ROLE,
          workload: "scanner",
          callers: ["arn:aws:iam::999988887777:role/ecs-scanner"],
          regions: ["eu-central-1"],
          sessionNames: ["scan-*"],
          sessionPolicy: "required",
        },
      ],
      ranges: [{ name: "own", cidrs: ["198.51.100.0/24"] }],
      tenants: { file: "tenants.ndjson" },
      externalIds: { key: "env:KEY" },
    }),
  });
  const env = { KEY: Buffer.from(KEY).toString("base64") };
  const source = { configPath: `${folder}/deputywatch.yaml`, nowMs: Date.now(), env, spareKey: randomBytes(32) };
  const { settings } = await settingsOf(source, DETECTORS);
  const store = memoryStore();
  return {
    ...{ settings, store, outbox: memoryOutbox(), quarantine: memoryQuarantine() },
    historian: historian({ ...settings, store }),
    fetchObject: () => Promise.reject(new Error("no object was named")),
    now: Date.now,
  };
}

/** What the watcher makes of all that STS saw, as it is written in both accounts' trails. */
async function watched({ sts }: Scene, strip: (userAgent: string) => string = (agent) => agent) {
  const world = await watcher();
  // Entering the outbound role is no probe: it is judged like any other entry.
  const probes = sts.seen.filter(({ asked }) => asked.RoleArn !== OUTBOUND_ROLE);
  const records = probes.flatMap((seen) => recordsOf({ ...seen, userAgent: strip(seen.userAgent) }));
  const body = JSON.stringify({ Records: records });
  const { tally } = await ingest([{ id: "m", body, receives: 1, sentMs: Date.now() }], world, {
    remainingMs: () => 60_000,
  });
  const { entries } = await world.outbox.pending({ after: null, limit: 100 });
  const alerts = entries.map(({ alert }) => alert.detector);
  return { records: records.length, skipped: Object.fromEntries(tally.skipped), alerts: [...new Set(alerts)].sort() };
}

/** One sound role and one that lets anybody in, probed by the real client. */
async function probed(): Promise<Scene> {
  const here = await stsScene([acme, globex]);
  here.sts.trust(acme.registration.roleArn, demanding(acme.id));
  here.sts.trust(globex.registration.roleArn, trusting());
  const probing = { sessionName: "deputywatch-verify", patienceMs: 0, signal: new AbortController().signal };
  expect(await verifyRole(acme.registration, here.world, probing)).toMatchObject({ verdict: "enforced" });
  expect(await verifyRole(globex.registration, here.world, probing)).toMatchObject({ verdict: "lets-in-without-id" });
  return here;
}

test("the vendor's own probes lead to no alert in either account's trail, and are counted", async () => {
  // Three probes of a sound role of which the last is in both trails, and two that are let in.
  expect(await watched(await probed())).toEqual({ records: 8, skipped: { "own probe": 8 }, alerts: [] });
});

test("the same calls without the mark, or with one that was read in the trail, are what they look like", async () => {
  const here = await probed();
  const unmarked = await watched(here, (agent) => agent.replace(/ deputywatch-probe\/\S+/, ""));
  expect(unmarked.skipped).toEqual({});
  expect(unmarked.alerts).toEqual(expect.arrayContaining(["external-id-missing", "source-outside-ranges"]));
  const [mark = ""] = /deputywatch-probe\/\S+/.exec(here.sts.seen[1]?.userAgent ?? "") ?? [];
  const stolen = await watched(here, (agent) => agent.replace(/deputywatch-probe\/\S+/, mark));
  // It was acme's role's: for two minutes it does for that role, into sessions that may do nothing, and for no other.
  expect(stolen.skipped).toEqual({ "own probe": 4 });
  expect(stolen.alerts).toEqual(expect.arrayContaining(["external-id-missing", "source-outside-ranges"]));
});

test("the mark stands early in the user agent and bears neither an ID nor a name", async () => {
  const here = await probed();
  const probes = here.sts.seen.filter(({ asked }) => asked.RoleArn !== OUTBOUND_ROLE);
  for (const { userAgent } of probes) {
    expect(userAgent).toMatch(/^aws-sdk-js\/[\d.]+ deputywatch-probe\/[0-9a-z]+\.[0-9a-f]{32} \S/);
  }
  const marks = probes.map(({ userAgent }) => userAgent.split(" ")[1]);
  expect(new Set(marks).size).toBeGreaterThanOrEqual(3);
});
