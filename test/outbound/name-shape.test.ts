import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readName, shapeOf, splitShape } from "../../src/outbound/name-shape.ts";
import { shapeByExpressions } from "./name-reference.ts";

const acme = { tenant: "acme", account: "111122223333" };
const nobody = { tenant: null, account: null };

test.each([
  ["scan-8c1f09ab", "scan-{hex8}"],
  ["scan-bad12345", "scan-{hex8}"],
  ["scan-8C1F09AB", "scan-{HEX8}"],
  ["scan-8C1f09ab", "scan-8C1f09ab"],
  ["scan-x2x9z", "scan-{pod5}"],
  ["scan-17", "scan-{digits}"],
  ["scan-test0", "scan-test{digits}"],
  ["scan-build214", "scan-build{digits}"],
  ["scan-v1.42.3", "scan-v{digits}.{digits}.{digits}"],
  ["poller-7d4b9c8f5b-x2x9z", "poller-{podhash}-{pod5}"],
  ["poller-x2kqz9tbwm-x2x9z", "poller-{podhash}-{pod5}"],
  ["poller-vwxzkqt2", "poller-{podhash}"],
  ["poller-vwxzkqt3", "poller-vwxzkqt{digits}"],
  ["poller-wxzkqt2", "poller-wxzkqt{digits}"],
  ["terraform1-botocore-lambda2", "terraform{digits}-botocore-lambda{digits}"],
  ["botocore-session-1700000000", "botocore-session-{epoch10}"],
  ["scan-1700000000", "scan-{epoch10}"],
  ["aws-sdk-js-1700000000123", "aws-sdk-js-{epoch13}"],
  ["1700000000123456789", "{epoch19}"],
  ["scan-9700000000", "scan-{digits10}"],
  ["i-0abc12def34567890", "{instance}"],
  ["i-10a64379", "{instance}"],
  ["i-0abc", "i-{hex4}"],
  ["scan-550e8400-e29b-41d4-a716-446655440000", "scan-{uuid}"],
  ["scan-2026-11-20", "scan-{date}"],
  ["scan-20261120", "scan-{date}"],
  ["scan-2026-13-20", "scan-{digits}-{digits}-{digits}"],
  ["scan-20261120T101500Z", "scan-{timestamp}"],
  ["scan-2026-11-20T10-15", "scan-{timestamp}"],
  ["scan-2026-11-20-17", "scan-{date}-{digits}"],
  ["scan-20261120101500123", "scan-{timestamp}"],
  ["scan-4kQ9zmT2xW7p", "scan-{random12}"],
  ["analyst@example.com", "analyst@example.com"],
  ["Role2WithTags", "Role2WithTags"],
  ["", ""],
  ["--", "--"],
])("%j has the shape %j", (name, shape) => {
  expect(shapeOf(name, acme)).toBe(shape);
});

test("words that are spelt with hexadecimal letters are words, with a number behind them too", () => {
  const words = ["face", "decade", "deadbeef", "cafebabe", "face1", "decade10"];
  expect(words.map((word) => shapeOf(`scan-${word}`, acme))).toEqual([
    "scan-face",
    "scan-decade",
    "scan-deadbeef",
    "scan-cafebabe",
    "scan-face{digits}",
    "scan-decade{digits}",
  ]);
});

test("the target's own tenant and account are placeholders, from border to border, and nobody else's are", () => {
  expect(shapeOf("acme-111122223333.acme", acme)).toBe("{tenant}-{account}.{tenant}");
  expect(shapeOf("globex-444455556666", acme)).toBe("globex-{digits12}");
  expect(shapeOf("acmecorp-myacme-Acme", acme)).toBe("acmecorp-myacme-Acme");
  expect(shapeOf("acme-111122223333", nobody)).toBe("acme-{digits12}");
});

test("a tenant whose name holds separators, or begins with another's, is taken as a whole", () => {
  expect(shapeOf("scan-acme-corp-1", { tenant: "acme-corp", account: "acme" })).toBe("scan-{tenant}-{digits}");
  expect(shapeOf("scan-acme-1", { tenant: "acme-corp", account: "acme" })).toBe("scan-{account}-{digits}");
  expect(shapeOf("scan-1", { tenant: "", account: "" })).toBe("scan-{digits}");
});

test("after a ReplicaSet's hash a pod's ending is one without a digit too", () => {
  expect(shapeOf("poller-7d4b9c8f5b-xkqzt", acme)).toBe("poller-{podhash}-{pod5}");
  expect(shapeOf("poller-x2kqz9tb-xkqzt", acme)).toBe("poller-{podhash}-{pod5}");
  expect(shapeOf("poller-xkqzt", acme)).toBe("poller-xkqzt");
});

test("a name cannot pose as a shape, and what is too long is not what it begins with", () => {
  expect(shapeOf("scan-{hex8}", acme)).toBe("scan-?hex8?");
  expect(shapeOf("a".repeat(65), acme)).toBe(`${"a".repeat(64)}…`);
  expect(shapeOf("a".repeat(64), acme)).toBe("a".repeat(64));
});

const sessionName = fc.oneof(
  fc.string({ unit: fc.constantFrom(...Array.from("-_.=,@+acme0123456789fdxz{}T")), maxLength: 80 }),
  fc.string({ unit: "binary", maxLength: 80 }),
);

test("any text has a shape, short and printable, that comes apart as the name does", () => {
  fc.assert(
    fc.property(sessionName, (name) => {
      const shape = shapeOf(name, acme);
      expect(shape.length).toBeLessThanOrEqual(300);
      expect(shape).toMatch(/^[\w+=,.@{}?-]*…?$/);
      const { tokens, separators } = readName(name, acme);
      expect(splitShape(shape)).toEqual({ tokens: tokens.map((token) => token.shape), separators });
    }),
    { numRuns: 2000 },
  );
});

const TOKENS = [
  fc.constantFrom("scan", "acme", "acme-corp", "111122223333", "v1", "face", "FACE1", "deadbeef", "cafebabe1234", "i-"),
  fc.constantFrom("2026-11-20", "20261120", "2026.02.29", "2026_13_01", "20261120T101500Z", "2026-11-20T10-15-07.123"),
  fc.constantFrom("10-15-07", "-101500123", "T1015", "+0100", "1700000000", "1700000000123456789", "9700000000123"),
  fc.stringMatching(/^[0-9a-f]{1,18}$/),
  fc.stringMatching(/^[0-9A-F]{3,9}$/),
  fc.stringMatching(/^[bcdfghjklmnpqrstvwxz2456789]{5}$/),
  fc.stringMatching(/^([4-9bcdf]{7,11}|[bcdfghjklmnpqrstvwxz2456789]{7,11})(-[bcdfghjklmnpqrstvwxz2456789]{5})?$/),
  fc.stringMatching(/^[A-Za-z0-9]{1,16}$/),
  fc.stringMatching(/^i-([0-9a-f]{8}|[0-9a-f]{17})$/),
  fc.tuple(fc.uuid(), fc.boolean()).map(([uuid, isUpper]) => (isUpper ? uuid.toUpperCase() : uuid)),
  fc.string({ unit: "binary", maxLength: 4 }),
];
test("shapes are what regular expressions make of names, of such as are given and of any text", () => {
  const separator = fc.constantFrom(...Array.from("-_.=,@+"), "-", "-", "-", "");
  const nameLike = fc
    .array(fc.tuple(fc.oneof(...TOKENS), separator), { minLength: 1, maxLength: 5 })
    .map((parts) => parts.flat().join(""));
  const damaged = fc
    .tuple(nameLike, fc.nat(63), fc.constantFrom(...Array.from("0aAx-_é"), ""))
    .map(([name, at, put]) => {
      const cut = at % (name.length + 1);
      return name.slice(0, cut) + put + name.slice(cut + 1);
    });
  const target = fc.record({
    tenant: fc.constantFrom(null, "", "acme", "acme-corp", "111122223333", "scan", "2026"),
    account: fc.constantFrom(null, "111122223333", "acme"),
  });
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(fc.oneof(nameLike, nameLike, damaged, sessionName), target, (name, whose) => {
      const shape = shapeOf(name, whose);
      for (const [kind] of shape.matchAll(/\{[A-Za-z]+/g)) seen.set(kind, (seen.get(kind) ?? 0) + 1);
      expect(shape).toBe(shapeByExpressions(name, whose));
    }),
    { numRuns: 10_000 },
  );
  expect([...seen].filter(([, times]) => times >= 50).map(([kind]) => kind)).toHaveLength(14);
});

test("of a name that STS would grant no character is lost", () => {
  const granted = fc.stringMatching(/^[\w+=,.@-]{2,64}$/);
  fc.assert(
    fc.property(granted, (name) => {
      const { tokens, separators } = readName(name, acme);
      expect(tokens.map(({ text }, at) => text + separators.charAt(at)).join("")).toBe(name);
    }),
    { numRuns: 1000 },
  );
});

const CORPUS = "../shared/trails/assume_role_corpus.given.ndjson";
test.skipIf(!existsSync(CORPUS))("names of one SDK have one shape in published trails (needs ../shared/trails)", () => {
  const names = [...readFileSync(CORPUS, "utf8").matchAll(/"roleSessionName": ?"([^"]*)"/g)].map(([, name]) => name!);
  const bySdk = names.filter((name) => name.startsWith("aws-go-sdk-"));
  expect(new Set(bySdk).size).toBeGreaterThan(1);
  expect(new Set(bySdk.map((name) => shapeOf(name, nobody)))).toEqual(new Set(["aws-go-sdk-{epoch19}"]));
});
