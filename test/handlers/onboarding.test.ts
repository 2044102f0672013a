import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { onboardingFrom } from "../../handlers/onboarding.ts";
import { connectOnboarding } from "../../handlers/world.ts";
import { sqliteOutbox } from "../../src/stores/outbox/sqlite.ts";
import { BASE, eventOf, gotOf, type Sent } from "../api/scene.ts";
import { demanding, OUTBOUND_ROLE, stsScene, trusting } from "../sts/scene.ts";

const KEY = Buffer.alloc(32, 7).toString("base64");
const [THEIRS, OURS] = ["444455556666", "111122223333"];

const HELD = {
  ...{ tenant: "globex", account: THEIRS, roleArn: `arn:aws:iam::${THEIRS}:role/Vendor-1`, status: "active" },
  externalId: `hmac-sha256:${"0".repeat(64)}`,
};

/** Lets everybody come as often as he likes. */
const CONFIG = `
version: 1
vendor: { accounts: ["999988887777"] }
outboundRoles: [{ arn: "${OUTBOUND_ROLE}", workload: scanner }]
tenants: { file: tenants.ndjson }
externalIds: { key: "env:KEY", vault: "file:external-ids.vault", vaultKey: "env:KEY", overlap: 3d }
onboarding: { roleName: Examplar }
channels: { soc: { topic: "arn:aws:sns:eu-west-1:999988887777:soc" } }
`;

async function folder() {
  const path = await mkdtemp(join(tmpdir(), "onboarding-"));
  onTestFinished(() => rm(path, { recursive: true }));
  await writeFile(join(path, "deputywatch.yaml"), CONFIG);
  await writeFile(join(path, "tenants.ndjson"), `${JSON.stringify(HELD)}\n`);
  const env = {
    KEY,
    DEPUTYWATCH_CONFIG: join(path, "deputywatch.yaml"),
    AWS_REGION: "eu-west-1",
    DEPUTYWATCH_VERIFY_THROUGH: OUTBOUND_ROLE,
    DEPUTYWATCH_TENANT_CLAIM: "custom:org",
    DEPUTYWATCH_RATE: "memory:",
    DEPUTYWATCH_MEMORY: join(path, "memory.sqlite"),
    DEPUTYWATCH_OUTBOX: `sqlite:${join(path, "memory.sqlite")}`,
  };
  return { path, env };
}

test("the function registers at the desk that its configuration describes, and leaves the SOC's alerts in the outbox", async () => {
  const { path, env } = await folder();
  const { sts } = await stsScene([]);
  const said: string[] = [];
  const handler = onboardingFrom(
    () => connectOnboarding(env),
    (line) => said.push(line),
  );
  const ask = async (sent: Sent) => {
    const event = eventOf(sent);
    const authorizer = { jwt: { claims: { "custom:org": "acme", tenant: "globex" } } };
    return gotOf(await handler({ ...event, requestContext: { ...event.requestContext, authorizer } }));
  };

  const { body } = await ask({ method: "POST", path: BASE, body: { accounts: [OURS, THEIRS] } });
  expect(body).toMatchObject({ registered: 1, taken: 1 });
  const { id, roleArn } = body.outcomes[0]!;
  expect(roleArn).toMatch(/^arn:aws:iam::111122223333:role\/Examplar-[0-9a-f]{12}$/);
  const revealed = await ask({ method: "POST", path: `${BASE}/${id}/externalid/reveal` });
  const verify = () => ask({ method: "POST", path: `${BASE}/${id}/verify` });
  sts.trust(roleArn, trusting());
  expect((await verify()).body).toMatchObject({ verdict: "lets-in-without-id", integration: { status: "onboarding" } });
  sts.trust(roleArn, demanding(revealed.body.externalId));
  expect((await verify()).body).toMatchObject({ verdict: "enforced", why: null, integration: { status: "active" } });
  const rotated = await ask({ method: "POST", path: `${BASE}/${id}/externalid/regenerate` });
  const { externalIdSince, previousExternalIdUntil } = rotated.body as unknown as Record<string, string>;
  expect(Date.parse(previousExternalIdUntil!) - Date.parse(externalIdSince!)).toBe(3 * 86_400_000);

  const registry = await readFile(join(path, "tenants.ndjson"), "utf8");
  expect(
    registry
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown),
  ).toMatchObject([HELD, { tenant: "acme", account: OURS, status: "active" }]);
  const vault = await readFile(join(path, "external-ids.vault"), "latin1");
  expect([registry, vault, ...said].join("\n")).not.toContain(revealed.body.externalId);
  const outbox = sqliteOutbox(join(path, "memory.sqlite"));
  const { entries } = await outbox.pending({ after: null, limit: 10 });
  await outbox.close();
  expect(entries.map(({ alert }) => alert)).toMatchObject([{ detector: "account-claimed-twice", account: THEIRS }]);
  expect(said.length).toBe(5);
});

test("a configuration that cannot keep external IDs is refused before anything is answered", async () => {
  const { env } = await folder();
  for (const [missing, reason] of [
    [/, vault.+vaultKey: "env:KEY"/, "does not say where external IDs are kept"],
    [/, vaultKey: "env:KEY"/, "nothing seals the file"],
    [/externalIds: .+\n/, "has no key for external IDs"],
  ] as const) {
    await writeFile(env.DEPUTYWATCH_CONFIG, CONFIG.replace(missing, ""));
    await expect(connectOnboarding(env), String(missing)).rejects.toThrow(reason);
  }
});

test("where the outbound role lets nobody in, accounts are registered all the same, and only a trial fails", async () => {
  const { env } = await folder();
  const { sts } = await stsScene([]);
  sts.trust(OUTBOUND_ROLE, { Statement: [] });
  const said: string[] = [];
  const handler = onboardingFrom(
    () => connectOnboarding(env),
    (line) => said.push(line),
  );
  const authorizer = { jwt: { claims: { "custom:org": "acme" } } };
  const ask = async (sent: Sent) => {
    const event = eventOf(sent);
    return gotOf(await handler({ ...event, requestContext: { ...event.requestContext, authorizer } }));
  };
  const { status, body } = await ask({ method: "POST", path: BASE, body: { accounts: [OURS] } });
  expect(status).toBe(201);
  const verified = await ask({ method: "POST", path: `${BASE}/${body.outcomes[0]!.id}/verify` });
  expect([verified.status, verified.body.type]).toEqual([500, "urn:deputywatch:problem:internal"]);
  expect(JSON.parse(said[1]!)).toMatchObject({
    status: 500,
    failure: expect.stringContaining("AccessDenied") as string,
  });
});
