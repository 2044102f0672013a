import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { ListSecretsCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { isMistake } from "../../src/config/mistake.ts";
import { evenly } from "../../src/stores/vault/pace.ts";
import { secretsManagerVault, type Place } from "../../src/stores/vault/secrets-manager.ts";
import type { Vault } from "../../src/stores/vault/vault.ts";
import { clientAt, startSecretsManager, type SecretsManagerLocal } from "./secrets-manager-local.ts";
import { vaultContract } from "./vault-contract.ts";
import { digestOf, secrets } from "./vault-secrets.ts";

const PLACE: Place = { prefix: "deputywatch/external-ids", kmsKeyId: null, digestOf };
/** Nobody waits. */
const AT_ONCE = { pace: () => Promise.resolve(), pause: () => Promise.resolve() };

function vaultAt(client: SecretsManagerClient, place: Partial<Place> = {}): Vault {
  return secretsManagerVault(client, { ...PLACE, ...place }, AT_ONCE);
}

async function opened(): Promise<SecretsManagerLocal & { readonly vault: Vault }> {
  const local = await startSecretsManager();
  onTestFinished(local.stop);
  return { ...local, vault: vaultAt(local.client) };
}

const [[DIGEST, ID]] = [...secrets(1)] as [[string, string]];
const NAME = `deputywatch/external-ids/${DIGEST.slice("hmac-sha256:".length)}`;

vaultContract(
  "the vault in Secrets Manager",
  async () => {
    const { vault, client } = await opened();
    return { vault, reopen: () => vaultAt(client) };
  },
  150,
);

test("a secret is called by its digest and nothing else, and encrypted with the key that was named", async () => {
  const { client, asked } = await opened();
  await vaultAt(client, { kmsKeyId: "alias/deputywatch" }).keep(secrets(1));
  const [{ operation, body }] = asked as [(typeof asked)[number]];
  const { ClientRequestToken: token, ...rest } = body;
  expect(operation).toBe("CreateSecret");
  expect(rest).toEqual({ Name: NAME, SecretString: ID, KmsKeyId: "alias/deputywatch" });
  expect(token).toMatch(/^[0-9a-f-]{36}$/);
});

test("what is forgotten is deleted without the days in which it could be restored", async () => {
  const { vault, asked, values, scheduled } = await opened();
  await vault.keep(secrets(1));
  await vault.forget([DIGEST]);
  expect(asked.at(-1)).toEqual({
    operation: "DeleteSecret",
    body: { SecretId: NAME, ForceDeleteWithoutRecovery: true },
  });
  expect([values.size, scheduled.size]).toEqual([0, 0]);
});

test("requests that are too many are repeated until they are taken", async () => {
  const { vault, throttle } = await opened();
  const some = secrets(40);
  throttle(60);
  await vault.keep(some);
  throttle(5);
  expect(await vault.reveal(DIGEST)).toBe(ID);
  throttle(5);
  expect(await vault.digests()).toHaveLength(40);
  throttle(20);
  await vault.forget([...some.keys()]);
  expect(await vault.digests()).toEqual([]);
});

test("what is refused for ever fails in the end, by the digest's name and without the ID", async () => {
  const { vault, throttle, refuse, asked } = await opened();
  throttle(1_000);
  await expect(vault.reveal(DIGEST)).rejects.toThrow(
    `the vault deputywatch/external-ids, ${DIGEST}: ThrottlingException`,
  );
  expect(asked).toHaveLength(12);
  throttle(0);
  refuse((_, { SecretString }) => ({ type: "ValidationException", message: `'${String(SecretString)}' is not valid` }));
  const failures = await Promise.all(
    [vault.keep(secrets(1)), vault.reveal(DIGEST), vault.forget([DIGEST]), vault.digests()].map((work) =>
      work.then(
        () => "done",
        (error: unknown) => error,
      ),
    ),
  );
  for (const failure of failures) {
    expect(String(failure)).toContain("ValidationException");
    expect(
      JSON.stringify([String(failure), failure, (failure as Error).stack, (failure as Error).cause ?? null]),
    ).not.toContain(ID);
  }
});

test("a secret that another deletes while it is written is written anew, and one that another made first is taken over", async () => {
  const { vault, values, refuse } = await opened();
  values.set(NAME, "something older");
  let puts = 0;
  refuse((operation) => {
    if (operation !== "PutSecretValue" || puts++ > 0) return undefined;
    values.delete(NAME);
    return undefined;
  });
  await vault.keep(secrets(1));
  expect(values.get(NAME)).toBe(ID);
  values.set(NAME, "something else");
  await vault.keep(secrets(1));
  expect(await vault.reveal(DIGEST)).toBe(ID);
});

test("a secret that somebody scheduled for deletion is restored, and holds what it was given last", async () => {
  const { vault, values, scheduled } = await opened();
  values.set(NAME, "something older");
  scheduled.add(NAME);
  await vault.keep(secrets(1));
  expect([...scheduled]).toEqual([]);
  expect(await vault.reveal(DIGEST)).toBe(ID);
});

test("a secret that is being deleted all the time is given up by its digest's name", async () => {
  const { vault, refuse } = await opened();
  refuse((operation) =>
    operation === "CreateSecret" ? { type: "InvalidRequestException", message: "scheduled for deletion" } : undefined,
  );
  await expect(vault.keep(secrets(1))).rejects.toThrow(`${DIGEST}: somebody keeps deleting it`);
});

test("a secret that was given another's value is not revealed", async () => {
  const { vault, values } = await opened();
  await vault.keep(secrets(2));
  const [, [other, otherId]] = [...secrets(2)] as [unknown, [string, string]];
  values.set(NAME, otherId);
  const failure = await vault.reveal(DIGEST).catch((error: unknown) => error);
  expect(String(failure)).toContain(`${DIGEST}: what is kept there is another ID`);
  expect(String(failure)).not.toContain(otherId);
  expect(await vault.reveal(other)).toBe(otherId);
});

test("secrets beside the vault are neither listed nor touched", async () => {
  const { vault, values } = await opened();
  const hex = "0".repeat(64);
  const beside = [
    `deputywatch/external-ids-old/${hex}`,
    `deputywatch/external-ids/${hex}/x`,
    `deputywatch/external-ids/notes`,
  ];
  for (const name of beside) values.set(name, "somebody's");
  await vault.keep(secrets(1));
  expect(await vault.digests()).toEqual([DIGEST]);
  expect(beside.every((name) => values.get(name) === "somebody's")).toBe(true);
});

test("what is no digest becomes no secret's name", async () => {
  const { vault, asked } = await opened();
  for (const name of [ID, "hmac-sha256:../../other", `hmac-sha256:${"A".repeat(64)}`, ""]) {
    await expect(vault.keep(new Map([[name, "value"]]))).rejects.toThrow("was asked for what is no digest");
    await expect(vault.reveal(name)).rejects.toThrow("was asked for what is no digest");
    await expect(vault.forget([name])).rejects.toThrow("was asked for what is no digest");
  }
  expect(asked).toEqual([]);
});

test("a prefix that can begin no name is the user's mistake", async () => {
  const { client } = await opened();
  for (const prefix of ["", "/", "a/", "/a", "a b", "a//b", "ü", "a".repeat(300)]) {
    let failure: unknown;
    try {
      vaultAt(client, { prefix });
    } catch (error) {
      failure = error;
    }
    expect(isMistake(failure)).toBe(true);
  }
});

test("turns come at even distances, whatever came before them", async () => {
  let nowMs = 1_000_000;
  const waited: number[] = [];
  const pace = evenly(
    50,
    () => nowMs,
    (ms) => Promise.resolve(waited.push(ms)),
  );
  for (let n = 0; n < 4; n++) await pace();
  expect(waited).toEqual([20, 40, 60]);
  nowMs += 60_000;
  waited.length = 0;
  for (let n = 0; n < 3; n++) await pace();
  expect(waited).toEqual([20, 40]);
});

/** Why moto cannot run here; null where it can. */
function whyNoMoto(): string | null {
  try {
    execFileSync("moto_server", ["--help"], { stdio: "ignore" });
    return null;
  } catch {
    return "moto_server is not in PATH";
  }
}

const missing = whyNoMoto();

describe.skipIf(missing !== null)(`against moto (${missing ?? "moto_server"})`, () => {
  let client: SecretsManagerClient;
  let stop: () => Promise<void>;
  beforeAll(async () => {
    const port = await freePort();
    const server = spawn("moto_server", ["-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
    // One request at a time: moto's threads stumble over each other.
    client = clientAt(`http://127.0.0.1:${port}`, 1);
    stop = async () => {
      client.destroy();
      const gone = once(server, "exit");
      server.kill();
      await gone;
    };
    for (const untilMs = Date.now() + 60_000; ;) {
      try {
        await client.send(new ListSecretsCommand());
        return;
      } catch (error) {
        if (Date.now() > untilMs) throw error;
        await sleep(200);
      }
    }
  }, 90_000);
  afterAll(() => stop());

  let places = 0;
  vaultContract(
    "the vault in moto's Secrets Manager",
    () => {
      const prefix = `deputywatch-${++places}`;
      return Promise.resolve({ vault: vaultAt(client, { prefix }), reopen: () => vaultAt(client, { prefix }) });
    },
    120,
  );
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
