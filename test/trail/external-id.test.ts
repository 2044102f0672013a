import { createHash, createHmac, randomUUID } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { assessStrength, digester, EXTERNAL_ID_DIGEST, strengthOf } from "../../src/trail/external-id.ts";

const KEY = Buffer.alloc(32, 7);

test("a digest is HMAC-SHA256 over the ID's bytes, as RFC 4231's second case has it", () => {
  expect(digester(Buffer.from("Jefe")).externalId("what do ya want for nothing?")).toBe(
    "hmac-sha256:5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
  );
});

test("digests stay right when more IDs were seen than are remembered", () => {
  const { externalId } = digester(KEY);
  const ids = Array.from({ length: 40_000 }, (_, index) => `customer-${index}`);
  ids.forEach(externalId);
  for (const id of [...ids.slice(0, 50), ...ids.slice(-50)]) {
    expect(externalId(id)).toBe(`hmac-sha256:${createHmac("sha256", KEY).update(id).digest("hex")}`);
    expect(externalId(id)).toMatch(EXTERNAL_ID_DIGEST);
  }
});

test("an access key and an external ID of the same text share no digest, and the key's last four characters are kept", () => {
  const { credential, externalId } = digester(KEY);
  const { digest, last4 } = credential("ASIAEXAMPLEEXAMPLE12");
  expect(last4).toBe("LE12");
  expect(digest).toMatch(/^[0-9a-f]{16}$/);
  expect(externalId("ASIAEXAMPLEEXAMPLE12")).not.toContain(digest);
  expect(digester(Buffer.alloc(32, 8)).credential("ASIAEXAMPLEEXAMPLE12").digest).not.toBe(digest);
});

test.each([
  ["acme", "shorter than 12 characters"],
  ["x7Kq9ZpLw2", "shorter than 12 characters"],
  ["111122223333", "an account number, which is public"],
  ["acme-1111-2222-3333", "an account number, which is public"],
  ["external-id-for-acme", "words only"],
  ["AcmeProductionExternalId", "words only"],
  ["customer-000123", "a number, or words with a number"],
  ["20261120100000", "a number, or words with a number"],
  ["production2024customer", "a number, or words with a number"],
  ["a7k9a7k9a7k9a7k9a7k9a7k9", "a short text, repeated"],
  ["00000000-0000-0000-0000-000000000000", "too few different characters"],
  ["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "a short text, repeated"],
  ["abcdefghijklmnopqrstuvwxyz", "too little in it that is not a word, a counter or a pattern"],
  ["integration-x7Kq9Z", "too little in it that is not a word, a counter or a pattern"],
])("%s is weak: %s", (id, why) => {
  expect(assessStrength(id)).toEqual({ strength: "weak", why });
});

test.each(["7f3a9c1e5b2d8046", "acme-x7Kq9ZpLw2Rt4Vn8", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"])("%s is fair", (id) => {
  expect(strengthOf(id)).toBe("fair");
});

test("a random UUID is strong, in any case and behind the customer's name", () => {
  for (let round = 0; round < 500; round++) {
    const id = randomUUID();
    expect([strengthOf(id), strengthOf(id.toUpperCase()), strengthOf(`acme-${id}`)], id).toEqual([
      "strong",
      "strong",
      "strong",
    ]);
  }
});

test.each([
  ["hex", 0.98, 0.001],
  ["base64url", 0.88, 0.01],
] as const)(
  "sixteen random bytes in %s are strong in %d of all cases, and weak in at most %d",
  (encoding, strong, weak) => {
    // Random-looking and the same at every run: a share near its bound must not fail one run in a hundred.
    const bytes = (at: number): Buffer => createHash("sha256").update(`${encoding} ${at}`).digest().subarray(0, 16);
    const classes = Array.from({ length: 5000 }, (_, at) => strengthOf(bytes(at).toString(encoding)));
    const share = (wanted: string): number => classes.filter((strength) => strength === wanted).length / classes.length;
    expect(share("strong")).toBeGreaterThanOrEqual(strong);
    expect(share("weak")).toBeLessThanOrEqual(weak);
  },
);

test("any text has a strength, and no reason quotes it", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 1300, unit: "binary" }), (id) => {
      const { strength, why } = assessStrength(id);
      expect(["strong", "fair", "weak"]).toContain(strength);
      expect(id.length > 8 && why.includes(id)).toBe(false);
    }),
  );
});
