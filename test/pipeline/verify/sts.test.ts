import { expect, test } from "vitest";
import { openSts } from "../../../src/pipeline/verify/sts.ts";
import { verifyRole, type Verification } from "../../../src/pipeline/verify/verify-role.ts";
import { customer, demanding, OUTBOUND_ROLE, probesOf, stsScene, type Customer, type Scene } from "../../sts/scene.ts";

function verify({ world }: Scene, { registration }: Customer, patienceMs = 0): Promise<Verification> {
  const signal = new AbortController().signal;
  return verifyRole(registration, world, { sessionName: "deputywatch-verify", patienceMs, signal });
}

test("whoever gets hold of a probe's session can enter nothing with it", async () => {
  const acme = customer(0);
  const here = await stsScene([acme]);
  here.sts.trust(acme.registration.roleArn, demanding(acme.id));
  await verify(here, acme);
  const issued = here.sts.seen.at(-1)?.answer.issued;
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: issued?.accessKeyId, AWS_SESSION_TOKEN: issued?.token });
  const options = { through: null, homeRegion: "eu-west-1", timeoutMs: 1_000, markOf: () => "m", now: Date.now };
  const thief = await openSts(options);
  const { roleArn } = acme.registration;
  const attempt = { roleArn, region: "us-east-1", sessionName: "thief", externalId: acme.id, mark: "m" };
  const answer = await thief.assume(attempt, new AbortController().signal);
  thief.close();
  expect(here.sts.seen.at(-1)?.caller?.arn).toBe("arn:aws:sts::111122223333:assumed-role/Vendor-0/deputywatch-verify");
  expect(answer).toMatchObject({ kind: "failed", why: "the vendor's own policies refuse the call" });
});

test("the region's own endpoint is asked: the registration's, or the one that every account has", async () => {
  const customers = [
    customer(0, { region: "ap-southeast-2" }),
    customer(1),
    customer(2, { roleArn: "arn:aws-us-gov:iam::111122223335:role/Vendor-2" }),
    customer(3, { roleArn: "arn:aws-cn:iam::111122223336:role/Vendor-3" }),
  ];
  const here = await stsScene(customers);
  for (const each of customers) await verify(here, each);
  const regions = here.sts.seen.map(({ region, asked }) => `${asked.RoleArn?.slice(-8)} ${region}`);
  expect([...new Set(regions)]).toEqual([
    "-scanner eu-west-1",
    "Vendor-0 ap-southeast-2",
    "Vendor-1 us-east-1",
    "Vendor-2 us-gov-west-1",
    "Vendor-3 cn-north-1",
  ]);
});

test("an outbound role that does not let in is told before any customer's role is tried", async () => {
  const here = await stsScene([]);
  here.sts.trust(OUTBOUND_ROLE, { Statement: [] });
  const options = { homeRegion: "eu-west-1", timeoutMs: 1_000, markOf: () => "m", now: Date.now };
  await expect(openSts({ ...options, through: OUTBOUND_ROLE })).rejects.toThrow(
    `the outbound role ${OUTBOUND_ROLE} was not entered: STS answered AccessDenied`,
  );
});

test("when the outbound role's session ends and is not renewed, no customer's role is blamed", async () => {
  const acme = customer(0);
  const here = await stsScene([acme]);
  here.sts.trust(acme.registration.roleArn, demanding(acme.id));
  here.sts.trust(OUTBOUND_ROLE, { Statement: [] });
  here.slept.ms = 58 * 60_000;
  expect(await verify(here, acme)).toMatchObject({ verdict: "unclear", why: "the outbound role was not entered" });
});

test("Ctrl-C ends a wait and a call, and then nothing is said of the role", async () => {
  const acme = customer(0);
  const here = await stsScene([acme]);
  here.sts.faults.next = () => "hang";
  const stop = new AbortController();
  const probing = { sessionName: "deputywatch-verify", patienceMs: 0, signal: stop.signal };
  const verification = verifyRole(acme.registration, here.world, probing);
  await expect.poll(() => probesOf(here, acme)).toHaveLength(1);
  stop.abort();
  await expect(verification).rejects.toThrow("aborted");

  const { roleArn } = acme.registration;
  const attempt = { roleArn, region: "us-east-1", sessionName: "late", externalId: null, mark: "m" };
  await expect(here.world.sts(attempt, stop.signal)).rejects.toThrow("aborted");
});
