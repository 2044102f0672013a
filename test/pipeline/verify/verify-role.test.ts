import { expect, test } from "vitest";
import { verifyRole, type Verification } from "../../../src/pipeline/verify/verify-role.ts";
import {
  customer,
  demanding,
  OUTBOUND_ROLE,
  ours,
  probesOf,
  stsScene,
  trusting,
  type Customer,
  type Scene,
} from "../../sts/scene.ts";

const DAY_MS = 86_400_000;

function verify({ world }: Scene, { registration }: Customer, patienceMs = 0): Promise<Verification> {
  const signal = new AbortController().signal;
  return verifyRole(registration, world, { sessionName: "deputywatch-verify", patienceMs, signal });
}

test("a role that demands its external ID is enforced: denied without, denied with a wrong one, let in with its own", async () => {
  const acme = customer(0);
  const here = await stsScene([acme]);
  here.sts.trust(acme.registration.roleArn, demanding(acme.id));
  expect(await verify(here, acme)).toMatchObject({ verdict: "enforced", why: null });
  expect(probesOf(here, acme)).toEqual(["none: AccessDenied", "wrong: AccessDenied", "right: let in"]);
  expect(here.slept.ms).toBe(0);
});

test("each probe's session is as short as there is and may do nothing, and the outbound role's may enter roles only", async () => {
  const acme = customer(0);
  const here = await stsScene([acme]);
  here.sts.trust(acme.registration.roleArn, demanding(acme.id));
  await verify(here, acme);
  const [hop, ...probes] = here.sts.seen.map(({ asked }) => asked);
  const policyIn = (policy = "") => (JSON.parse(policy) as { Statement: unknown }).Statement;
  expect(hop).toMatchObject({ RoleArn: OUTBOUND_ROLE, DurationSeconds: "3600" });
  expect(policyIn(hop?.Policy)).toEqual([
    { Effect: "Allow", Action: ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"], Resource: "*" },
  ]);
  expect(probes).toHaveLength(3);
  for (const { Policy, DurationSeconds, RoleSessionName } of probes) {
    expect({ DurationSeconds, RoleSessionName }).toEqual({
      DurationSeconds: "900",
      RoleSessionName: "deputywatch-verify",
    });
    expect(policyIn(Policy)).toEqual([{ Effect: "Deny", Action: "*", Resource: "*" }]);
  }
});

test("each wrong ID is a new one", async () => {
  const acme = customer(0);
  const here = await stsScene([acme]);
  here.sts.trust(acme.registration.roleArn, demanding(acme.id));
  await verify(here, acme);
  await verify(here, acme);
  const wrong = here.sts.seen.map(({ asked }) => asked.ExternalId).filter((id) => id !== undefined && id !== acme.id);
  expect(new Set(wrong).size).toBe(2);
});

test.each([
  ["has no condition", trusting(), "lets-in-without-id", ["none: let in", "none: let in"]],
  [
    "takes any ID",
    trusting({ StringLike: { "sts:ExternalId": "*" } }),
    "lets-in-with-wrong-id",
    ["none: AccessDenied", "wrong: let in", "wrong: let in"],
  ],
  [
    "demands one only where one is sent",
    trusting({ StringEqualsIfExists: { "sts:ExternalId": customer(0).id } }),
    "lets-in-without-id",
    ["none: let in", "none: let in"],
  ],
] as const)("a role that %s is seen to let in, twice", async (_, policy, verdict, probes) => {
  const acme = customer(0);
  const here = await stsScene([acme]);
  here.sts.trust(acme.registration.roleArn, policy);
  expect(await verify(here, acme)).toMatchObject({ verdict });
  expect(probesOf(here, acme)).toEqual(probes);
  expect(here.slept.ms).toBe(5_000);
});

test("a role that refuses its own ID refuses, and one that is not there does too", async () => {
  const [acme, globex] = [customer(0), customer(1)];
  const here = await stsScene([acme, globex]);
  here.sts.trust(acme.registration.roleArn, demanding(globex.id));
  expect(await verify(here, acme)).toMatchObject({ verdict: "refuses", why: null });
  expect(await verify(here, globex)).toMatchObject({ verdict: "refuses", why: null });
});

test("a role that was shut a moment ago may still let in at first, and is not accused", async () => {
  const acme = customer(0);
  const here = await stsScene([acme]);
  here.sts.trust(acme.registration.roleArn, trusting());
  here.sts.change(acme.registration.roleArn, demanding(acme.id), { requests: 1 });
  expect(await verify(here, acme)).toMatchObject({ verdict: "enforced" });
  expect(probesOf(here, acme)).toEqual(["none: let in", "none: AccessDenied", "wrong: AccessDenied", "right: let in"]);
});

test("a role that was made a moment ago may still refuse, and is waited for as long as patience lasts", async () => {
  const acme = customer(0);
  const here = await stsScene([acme]);
  here.sts.change(acme.registration.roleArn, demanding(acme.id), { requests: 5 });
  expect(await verify(here, acme, 30_000)).toMatchObject({ verdict: "enforced" });
  expect(probesOf(here, acme).slice(2)).toEqual([
    "right: AccessDenied",
    "right: AccessDenied",
    "right: AccessDenied",
    "right: let in",
  ]);
  expect(here.slept.ms).toBe(1_000 + 2_000 + 4_000);
});

test("patience ends: a role that refuses for thirty seconds refuses", async () => {
  const acme = customer(0);
  const here = await stsScene([acme]);
  here.sts.change(acme.registration.roleArn, demanding(acme.id), { requests: 100 });
  expect(await verify(here, acme, 30_000)).toMatchObject({ verdict: "refuses", why: "for 30 s" });
  expect(here.slept.ms).toBeCloseTo(30_000, -3);
});

test("with patience a role that lets in is asked until patience ends, too", async () => {
  const acme = customer(0);
  const here = await stsScene([acme]);
  here.sts.trust(acme.registration.roleArn, trusting());
  here.sts.change(acme.registration.roleArn, demanding(acme.id), { requests: 3 });
  expect(await verify(here, acme, 30_000)).toMatchObject({ verdict: "enforced" });
});

test("within a rotation's overlap it is told that the customer still has the previous ID, and until when", async () => {
  const old = customer(1);
  const acme = customer(0, {
    previousExternalId: old.registration.externalId,
    previousUntilMs: Date.now() + 7 * DAY_MS,
  });
  const here = await stsScene([acme, old]);
  here.sts.trust(acme.registration.roleArn, demanding(old.id));
  const until = new Date(acme.registration.previousUntilMs ?? 0).toISOString().slice(0, 10);
  expect(await verify(here, acme)).toMatchObject({
    verdict: "refuses",
    why: `still on the previous external ID, until ${until}`,
  });

  const after = { ...acme, registration: { ...acme.registration, previousUntilMs: Date.now() - 1 } };
  expect(await verify(here, after)).toMatchObject({ verdict: "refuses", why: null });
});

test("without the ID a role can be accused, but not cleared", async () => {
  const acme = customer(0);
  const here = await stsScene([]);
  here.sts.trust(acme.registration.roleArn, demanding(acme.id));
  expect(await verify(here, acme)).toMatchObject({
    verdict: "unclear",
    why: "the vault does not hold the external ID",
  });
  expect(await verify(here, customer(0, { externalId: null }))).toMatchObject({
    verdict: "unclear",
    why: "no external ID is registered",
  });
  here.sts.trust(acme.registration.roleArn, trusting());
  expect(await verify(here, acme)).toMatchObject({ verdict: "lets-in-without-id" });
});

test("a vault that cannot be asked, or gives another's ID, makes nothing clear, and nobody is sent the other's", async () => {
  const acme = customer(0);
  const here = await stsScene([acme]);
  here.sts.trust(acme.registration.roleArn, demanding(acme.id));
  const broken = { reveal: () => Promise.reject(new Error("sealed by another key")) };
  expect(await verify({ ...here, world: { ...here.world, vault: broken } }, acme)).toMatchObject({
    verdict: "unclear",
    why: "the vault could not be asked for the external ID",
  });
  const swapped = { reveal: () => Promise.resolve(customer(1).id) };
  expect(await verify({ ...here, world: { ...here.world, vault: swapped } }, acme)).toMatchObject({
    verdict: "unclear",
    why: "the vault holds another external ID",
  });
  expect(here.sts.secrets).not.toContain(customer(1).id);
});

test.each([
  ["throttled", "STS answered Throttling", 4],
  ["broken", "STS answered ServiceUnavailable", 4],
  ["region disabled", "STS answered RegionDisabledException", 1],
  ["expired", "STS answered ExpiredToken", 1],
  ["own policy", "the vendor's own policies refuse the call", 1],
] as const)("a call that is %s is no denial by the role", async (fault, why, tries) => {
  const acme = customer(0);
  const here = await stsScene([acme]);
  here.sts.trust(acme.registration.roleArn, demanding(acme.id));
  here.sts.faults.next = () => fault;
  expect(await verify(here, acme)).toMatchObject({ verdict: "unclear", why });
  expect(probesOf(here, acme)).toHaveLength(tries);
});

test("a proxy's page is no answer of STS's, whatever its status", async () => {
  const acme = customer(0);
  const here = await stsScene([acme]);
  here.sts.faults.next = () => "garbage";
  expect(await verify(here, acme)).toMatchObject({ verdict: "unclear", why: "STS answered Unknown" });
});

test("an answer that was long in coming is confirmed all the same", async () => {
  const acme = customer(0);
  const here = await stsScene([acme]);
  here.sts.trust(acme.registration.roleArn, trusting());
  here.sts.change(acme.registration.roleArn, demanding(acme.id), { requests: 1 });
  const slow: typeof here.world.sts = async (attempt, signal) => {
    here.slept.ms += 9_000;
    return here.world.sts(attempt, signal);
  };
  expect(await verify({ ...here, world: { ...here.world, sts: slow } }, acme)).toMatchObject({ verdict: "enforced" });
});

test("what passes is tried again, and the role is judged by the answer", async () => {
  const acme = customer(0);
  const here = await stsScene([acme]);
  here.sts.trust(acme.registration.roleArn, demanding(acme.id));
  here.sts.faults.next = (_, nth) => (nth % 2 === 1 ? "throttled" : null);
  expect(await verify(here, acme)).toMatchObject({ verdict: "enforced" });
});

test("an endpoint that does not answer is given up in time, and one that is not there at once", async () => {
  const acme = customer(0);
  const here = await stsScene([acme], { timeoutMs: 60, through: null });
  here.sts.faults.next = () => "hang";
  expect(await verify(here, acme)).toMatchObject({ verdict: "unclear", why: "STS did not answer in time" });
  await here.sts.stop();
  expect(await verify(here, acme)).toMatchObject({ verdict: "unclear", why: "STS was not reached (ECONNREFUSED)" });
});

test("an ID that STS calls invalid is not repeated, though STS quotes it", async () => {
  const acme = customer(0);
  const odd = "two words are no external ID";
  const registration = { ...acme.registration, externalId: ours.externalId(odd) };
  const here = await stsScene([{ registration, id: odd }]);
  here.sts.trust(registration.roleArn, demanding(odd));
  const found = await verify(here, { registration, id: odd });
  expect(found).toMatchObject({ verdict: "unclear", why: "STS answered ValidationError" });
  expect(JSON.stringify(found)).not.toContain(odd);
});
