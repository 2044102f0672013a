import { expect, test } from "vitest";
import { isMistake } from "../../src/config/mistake.ts";
import { readKey } from "../../src/config/key.ts";

const KEY = Buffer.from("0123456789abcdef0123456789abcdef");
const SHORT = "c2hvcnQta2V5LW9mLWFjbWU=";
const source = {
  env: {
    KEY: KEY.toString("base64"),
    URLSAFE: Buffer.alloc(40, 251).toString("base64url"),
    SHORT,
    WORDS: "not base64 at all",
  },
  readFile: (path: string) =>
    path === "key.txt"
      ? Promise.resolve(`${KEY.toString("base64")}\n`)
      : Promise.reject(Object.assign(new Error(path), { code: "ENOENT" })),
};

test("a key is read from a variable or a file, in either alphabet of base64", async () => {
  expect(Buffer.from(await readKey("env:KEY", "--key", source))).toEqual(KEY);
  expect(Buffer.from(await readKey("file:key.txt", "--key", source))).toEqual(KEY);
  expect(await readKey("env:URLSAFE", "--key", source)).toHaveLength(40);
});

test.each([
  ["env:MISSING", "--key: MISSING is not set"],
  ["env:SHORT", "--key: SHORT does not hold the base64 of 32 bytes or more"],
  ["env:WORDS", "--key: WORDS does not hold the base64 of 32 bytes or more"],
  ["env:c2hvcnQta2V5LW9mLWFjbWU=", "--key: env: is not followed by the name of a variable"],
  ["file:gone.txt", "--key: the key's file cannot be read (ENOENT)"],
  ["secretsmanager:prod/key", "--key: Secrets Manager is read by the deployed handlers only"],
  [SHORT, "--key: not a reference to a key"],
  ["", "--key: not a reference to a key"],
])("%j is a mistake with a hint, and repeats no key", async (reference, sentence) => {
  const error: unknown = await readKey(reference, "--key", source).catch((reason: unknown) => reason);
  expect(isMistake(error) && [error.message, typeof error.hint]).toEqual([sentence, "string"]);
  expect(isMistake(error) && `${error.message} ${error.hint ?? ""}`).not.toContain(SHORT);
});
