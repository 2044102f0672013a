import { eventBridgeEvent } from "../../examples/vendor/delivery.ts";
import type { TrailRecord } from "../../src/simulate/record.ts";
import { expect, test } from "vitest";
import { ingest } from "../../src/pipeline/ingest.ts";
import {
  later,
  message,
  oddlyNamed,
  SAMPLE,
  scene,
  stolen,
  stolenAgain,
  suppressing,
  tenantOf,
  told,
  type Scene,
} from "../handlers/scene.ts";

/** Records come, one message each, and what they lead to is told. Answers how many notifications were sent. */
async function comes({ world }: Pick<Scene, "world">, ...records: readonly TrailRecord[]): Promise<number> {
  const messages = records.map((record, at) => message(eventBridgeEvent(record), { id: `message-${at}` }));
  const { failed } = await ingest(messages, world);
  expect(failed).toEqual([]);
  const { sent, left } = await told(world);
  expect(left).toBe(0);
  return sent;
}

/** So many calls are a burst as well. */
function isOutside({ detector }: { readonly detector: string }): boolean {
  return detector === "source-outside-ranges";
}

test("an alert that grows call by call is told again at each fourfold, under its first id", async () => {
  const here = await scene();
  for (let n = 0; n < 20; n++) await comes(here, later(stolen, n));
  const heard = (await here.socHeard()).filter(isOutside);
  expect(heard.map(({ calls }) => calls)).toEqual([1, 4, 16]);
  expect(new Set(heard.map(({ id }) => id)).size).toBe(1);
  const tenants = (await here.tenantHeard(tenantOf(stolen))).filter(isOutside);
  expect(tenants.map(({ calls }) => calls)).toEqual([1, 4, 16]);
});

test("the same growth in one batch is told once, as large as it is", async () => {
  const here = await scene();
  await comes(here, ...Array.from({ length: 20 }, (_, n) => later(stolen, n)));
  expect((await here.socHeard()).filter(isOutside).map(({ calls }) => calls)).toEqual([20]);
});

test("an alert that spreads to a second customer is told at once, and then by fourfolds again", async () => {
  const here = await scene();
  await comes(here, stolen);
  await comes(here, stolenAgain);
  await comes(here, later(stolenAgain, 1));
  await comes(here, later(stolenAgain, 2));
  const heard = (await here.socHeard()).filter(isOutside);
  expect(heard.map(({ tenant, calls }) => [tenant, calls])).toEqual([
    [tenantOf(stolen), 1],
    [null, 2],
    [null, 4],
  ]);
  expect((await here.tenantHeard(tenantOf(stolen))).filter(isOutside)).toHaveLength(1);
});

test("the worst alert of a batch is told first", async () => {
  const here = await scene();
  await comes(here, oddlyNamed, stolen);
  expect((await here.socHeard()).map(({ severity }) => severity)).toEqual(["critical", "medium"]);
});

test("of what is suppressed the SOC is told one sample, its tenant nothing, and all once the suppression is gone", async () => {
  const here = suppressing(await scene(), "unusual-session-name", oddlyNamed);
  await comes(here, oddlyNamed, stolen);
  for (let n = 1; n < 5; n++) await comes(here, later(oddlyNamed, n));
  const [sample, ...more] = (await here.socHeard()).filter(({ detector }) => detector === "unusual-session-name");
  expect(more).toEqual([]);
  expect(sample).toMatchObject({ calls: 1, suppressed: { owner: "soc", reason: "CHG-81" } });
  expect(await here.tenantHeard(tenantOf(oddlyNamed))).toEqual([]);

  const { settings } = here.world;
  const freed = { ...here, world: { ...here.world, settings: { ...settings, suppressions: [] } } };
  expect(await comes(freed, oddlyNamed)).toBe(2);
});

test("a suppressed alert that spreads beyond the customer it was announced for is told", async () => {
  const here = suppressing(await scene(), "source-outside-ranges", stolen);
  await comes(here, stolen);
  await comes(here, stolenAgain);
  const heard = (await here.socHeard()).filter(isOutside);
  expect(heard.map(({ suppressed, tenant, calls }) => [suppressed?.owner, tenant, calls])).toEqual([
    ["soc", tenantOf(stolen), 1],
    [undefined, null, 2],
  ]);
  expect(heard[1]!.id).toBe(heard[0]!.id);
});

test("a tenant hears of its own, redacted, and the others hear nothing", async () => {
  const here = await scene();
  await comes(here, oddlyNamed);
  const own = tenantOf(oddlyNamed);
  const [soc] = await here.socHeard();
  const [redacted, ...more] = await here.tenantHeard(own);
  expect(more).toEqual([]);
  expect(redacted).toMatchObject({ id: soc!.id, tenant: own, calls: 1, principal: { arn: null, sessionName: null } });
  expect(JSON.stringify(soc)).toMatch(/999988887777/);
  expect(JSON.stringify(redacted)).not.toMatch(/999988887777|198\.51\.100\.|192\.0\.2\.|botocore/);
  for (const { tenant } of SAMPLE.customers) expect(await here.tenantHeard(tenant), tenant).toEqual([]);
});

test("a tenant without a feed of its own leaves its alerts to the SOC", async () => {
  const here = await scene();
  const { soc } = here.world.channels;
  const world = { ...here.world, channels: { soc, feedOf: () => null } };
  expect(await comes({ ...here, world }, oddlyNamed)).toBe(1);
  expect(await here.socHeard()).toHaveLength(1);
});

test("one channel that fails keeps none of the others from being told, and is itself told when it is back", async () => {
  const here = await scene();
  const { soc, feedOf } = here.world.channels;
  let broken = true;
  const pager = {
    name: "pager",
    send: () => (broken ? Promise.reject(new Error("no signal")) : Promise.resolve()),
  };
  const world = { ...here.world, channels: { soc: [pager, ...soc], feedOf } };
  await ingest([message(eventBridgeEvent(oddlyNamed))], world);
  expect(await told(world)).toMatchObject({ sent: 2, left: 1, failed: [{ channel: "pager", reason: "no signal" }] });
  expect(await here.socHeard()).toHaveLength(1);

  broken = false;
  expect(await told(world)).toEqual({ sent: 1, failed: [], left: 0, dead: [] });
  expect(await here.socHeard()).toEqual([]);
});
