import { expect, test } from "vitest";
import { sessionNameContract } from "../../../src/outbound/session-name.ts";
import { probeSessionName } from "../../../src/pipeline/verify/session-name.ts";

test.each([
  [null, "deputywatch-verify"],
  [["deputywatch-*"], "deputywatch-verify"],
  [["scan-*"], "scan-deputywatch-verify"],
  [["{tenant}-daily-?"], "acme-daily-v"],
  [["{account}"], "111122223333"],
  [["x".repeat(58) + "*"], `${"x".repeat(58)}verify`],
  [["x".repeat(70)], "deputywatch-verify"],
] as const)("the probe's session fits a contract of %j", (templates, name) => {
  const { contract = null } = templates === null ? {} : sessionNameContract(templates);
  expect(probeSessionName(contract, { tenant: "acme", account: "111122223333" })).toBe(name);
});

test("a tenant's name that no session can bear leads to the plain name", () => {
  const { contract = null } = sessionNameContract(["{tenant}-*"]);
  expect(probeSessionName(contract, { tenant: "Acme & Söhne", account: "111122223333" })).toBe("deputywatch-verify");
});
