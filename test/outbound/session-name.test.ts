import { expect, test } from "vitest";
import { sessionNameContract } from "../../src/outbound/session-name.ts";

const acme = { tenant: "acme", account: "111122223333" };
const nobody = { tenant: null, account: null };

test("a name is allowed by any of the templates", () => {
  const { contract } = sessionNameContract(["scan-*", "poll-?"]);
  expect(["scan-1", "poll-1", "poll-12", "other"].map((name) => contract?.allows(name, acme))).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test("a placeholder stands for the target's own tenant or account and for nobody else's", () => {
  const { contract } = sessionNameContract(["{tenant}-{account}-*"]);
  expect(contract?.allows("acme-111122223333-daily", acme)).toBe(true);
  expect(contract?.allows("globex-111122223333-daily", acme)).toBe(false);
  expect(contract?.allows("acme-444455556666-daily", acme)).toBe(false);
});

test("a placeholder for what is unknown matches nothing, not even an empty text", () => {
  const { contract } = sessionNameContract(["{tenant}scan"]);
  expect(contract?.allows("scan", nobody)).toBe(false);
  expect(contract?.allows("nullscan", nobody)).toBe(false);
});

test("a tenant whose name holds a star matches itself alone", () => {
  const { contract } = sessionNameContract(["{tenant}"]);
  expect(contract?.allows("anything", { tenant: "*", account: null })).toBe(false);
});

test.each([
  ["{client}-*", '"{client}-*": {client} is no placeholder, {tenant} and {account} are'],
  ["{Tenant}", '"{Tenant}": {Tenant} is no placeholder, {tenant} and {account} are'],
  ["scan {tenant}", '"scan {tenant}" holds a character that no session name can hold'],
  ["scan-{tenant", '"scan-{tenant" holds a character that no session name can hold'],
])("the template %s is a problem, not a contract", (template, problem) => {
  expect(sessionNameContract(["fine", template])).toEqual({ problem });
});
