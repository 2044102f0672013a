import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { onboardingFrom } from "../../handlers/onboarding.ts";
import { connectDesk, connectOnboarding } from "../../handlers/world.ts";
import { sqliteOutbox } from "../../src/stores/outbox/sqlite.ts";
import { BASE, enforcing, eventOf, gotOf, type Sent } from "../api/scene.ts";

const KEY = Buffer.alloc(32, 7).toString("base64");
const [THEIRS, OURS] = ["444455556666", "111122223333"];

const HELD = {
  ...{ tenant: "globex", account: THEIRS, roleArn: `arn:aws:iam::${THEIRS}:role/Vendor-1`, status: "active" },
  externalId: `hmac-sha256:${"0".repeat(64)}`,
};

const CONFIG = `
version: 1
vendor: { accounts: ["999988887777"] }
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
    DEPUTYWATCH_TENANT_CLAIM: "custom:org",
    DEPUTYWATCH_MEMORY: join(path, "memory.sqlite"),
    DEPUTYWATCH_OUTBOX: `sqlite:${join(path, "memory.sqlite")}`,
  };
  return { path, env };
}

test("the function registers at the desk that its configuration describes, and leaves the SOC's alerts in the outbox", async () => {
  const { path, env } = await folder();
  const said: string[] = [];
  const handler = onboardingFrom(
    async () => {
      const take = () => Promise.resolve({ allowed: true, retryAfterSeconds: 0 });
      const world = await connectOnboarding(env, { verify: (one) => enforcing(world.desk)(one), bucket: { take } });
      return world;
    },
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
  expect(roleArn).toMatch(/^arn:aws:iam::111122223333:role\/Examplar-[0-9a-f]{8}$/);
  const revealed = await ask({ method: "POST", path: `${BASE}/${id}/externalid/reveal` });
  await ask({ method: "POST", path: `${BASE}/${id}/verify` });
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
  expect(said.length).toBe(4);
});

test("a configuration that cannot keep external IDs is refused before anything is answered", async () => {
  const { env } = await folder();
  for (const [missing, reason] of [
    [/, vault.+vaultKey: "env:KEY"/, "does not say where external IDs are kept"],
    [/, vaultKey: "env:KEY"/, "nothing seals the file"],
    [/externalIds: .+\n/, "has no key for external IDs"],
  ] as const) {
    await writeFile(env.DEPUTYWATCH_CONFIG, CONFIG.replace(missing, ""));
    await expect(connectDesk(env), String(missing)).rejects.toThrow(reason);
  }
});
