import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { serve } from "../../examples/api/server.ts";
import { BASE, servedScene } from "./scene.ts";

/** The local server as a process of its own. */
async function run(...args: readonly string[]) {
  const child = spawn(process.execPath, ["examples/api.ts", ...args], { stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  const said = { out: "", err: "" };
  child.stdout.on("data", (chunk: Buffer) => (said.out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (said.err += chunk.toString()));
  const ended = once(child, "close");
  const listening = (async () => {
    while (!said.err.includes("listens on")) await once(child.stderr, "data");
  })();
  await Promise.race([listening, ended]);
  return { child, said, ended, url: /listens on (http:\S+);/.exec(said.err)?.[1] ?? "" };
}

test("the local server warns, serves, remembers in its folder, and ends when it is asked to", async () => {
  const folder = await mkdtemp(join(tmpdir(), "api-run-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const headers = { authorization: "Bearer dev-acme", "content-type": "application/json" };
  const ids: unknown[] = [];
  for (let time = 0; time < 2; time++) {
    const { child, said, ended, url } = await run("--port", "0", "--folder", folder);
    expect(said.err).toMatch(/^WARNING: for development only\. Anybody on this machine may be any tenant/);
    const body = JSON.stringify({ accounts: ["111122223333"] });
    const registered = await fetch(`${url}${BASE}`, { method: "POST", headers, body });
    expect(registered.status).toBe(time === 0 ? 201 : 200);
    const { outcomes } = (await registered.json()) as { outcomes: { id: string }[] };
    const one = `${url}${BASE}/${outcomes[0]!.id}`;
    ids.push(await (await fetch(`${one}/externalid/reveal`, { method: "POST", headers })).json());
    const verified = await fetch(`${one}/verify`, { method: "POST", headers });
    expect(await verified.json()).toMatchObject({ verdict: "unclear", integration: { status: "onboarding" } });
    child.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
    expect(said.out.trim().split("\n").length).toBe(3);
    expect(said.out + said.err).not.toContain((ids[0] as { externalId: string }).externalId);
  }
  expect(ids[1]).toEqual(ids[0]);
  const modes = await Promise.all(
    (await readdir(folder)).filter((name) => name.endsWith(".key")).map((name) => stat(join(folder, name))),
  );
  expect(modes.map(({ mode }) => mode & 0o777)).toEqual([0o600, 0o600]);
});

test.each([
  [["--host", "0.0.0.0"], "0.0.0.0 is not a loopback address"],
  [["--host", "::"], ":: is not a loopback address"],
  [["--host", "localhost.example.com"], "localhost.example.com is not a loopback address"],
  [["--port", "http"], "--port is not a port"],
  [["--prot", "1"], "Unknown option '--prot'"],
])("the local server refuses %j", async (args, reason) => {
  const { ended, said } = await run(...args);
  expect(await ended).toEqual([2, null]);
  expect(said.err).toContain(reason);
  expect(said.out).toBe("");
});

test("the server listens on loopback alone, whoever starts it", async () => {
  const nobody = () => Promise.reject(new Error("nobody asks"));
  for (const host of ["0.0.0.0", "::", "192.0.2.1", "127.0.0.1.example.com", ""]) {
    await expect(serve(nobody, { host, port: 0 }), host).rejects.toThrow("not a loopback address");
  }
});

test("a page that reaches the server by a name of its own is sent away", async () => {
  const { url, world } = await servedScene();
  const statusFor = async (host: string): Promise<number | undefined> => {
    const headers = { host, authorization: "Bearer dev-acme" };
    const asked = request(`${url}${BASE}`, { headers }).end();
    const [response] = (await once(asked, "response")) as [{ statusCode?: number; resume: () => void }];
    response.resume();
    return response.statusCode;
  };
  expect(await statusFor("rebound.example.com")).toBe(421);
  expect(await statusFor("127.0.0.1.example.com:80")).toBe(421);
  expect(await statusFor("localhost:8787")).toBe(200);
  expect(await world.desk.registrations.all()).toEqual([]);
});

test("a token that is no development token makes nobody a tenant", async () => {
  const { send } = await servedScene();
  for (const authorization of ["Bearer acme", "Basic dev-acme", "Bearer dev-", "dev-acme"]) {
    expect((await send({ method: "GET", path: BASE, tenant: null, headers: { authorization } })).status).toBe(401);
  }
});
