import { expect, test } from "vitest";
import { readAccounts, readExisting } from "../../src/tenants/account-list.ts";

const ACCOUNTS = ["111122223333", "012345678901"];

test.each([
  ["a number a line", "111122223333\n012345678901\n"],
  ["a CSV with a heading", "account,name\n111122223333,production\n012345678901,staging\n"],
  ["quoted cells and Windows lines", '"111122223333";x\r\n"012345678901";y\r\n'],
  ["comments, blanks and a byte order mark", "\uFEFF# ours\n\n111122223333\n012345678901\n111122223333\n"],
  ["a JSON list", '["111122223333", "012345678901"]'],
])("account numbers are read from %s", (_, text) => {
  expect(readAccounts(text, "list")).toEqual({ entries: ACCOUNTS, rejects: [] });
});

test("what is no account number is told with its line and never quoted", () => {
  const { entries, rejects } = readAccounts("111122223333\nsecret-external-id\n12345\n", "list");
  expect(entries).toEqual(["111122223333"]);
  expect(rejects.map(({ where }) => where)).toEqual(["list:2", "list:3"]);
  expect(JSON.stringify(rejects)).not.toContain("secret");
});

test("a number in JSON has lost its zeros and is refused with the reason", () => {
  expect(readAccounts("[12345678901]", "list").rejects).toEqual([
    { where: "list[0]", reason: "an account number is text: put it in quotes, or it loses its leading zeros" },
  ]);
  expect(readAccounts("[", "list").rejects).toEqual([{ where: "list", reason: "not a JSON list" }]);
});

test("integrations from before are read line by line, and what is wrong with one quotes no ID", () => {
  const good = {
    tenant: "acme",
    account: "111122223333",
    roleArn: "arn:aws:iam::111122223333:role/V",
    externalId: "acme-2019",
  };
  const lines = [good, { ...good, externalId: "spaces are none" }, { ...good, account: "444455556666" }].map((one) =>
    JSON.stringify(one),
  );
  const { entries, rejects } = readExisting([...lines, "acme-2019"].join("\n"), "before");
  expect(entries).toEqual([good]);
  expect(rejects.map(({ where }) => where)).toEqual(["before:2", "before:3", "before:4"]);
  expect(JSON.stringify(rejects)).not.toMatch(/acme-2019|spaces/);
});
