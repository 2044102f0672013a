import fc from "fast-check";
import { expect, test } from "vitest";
import { auditTrust } from "../../src/trust/audit.ts";
import { corrected } from "../../src/trust/fix.ts";
import { trustPoliciesIn } from "../../src/trust/inputs/open.ts";
import { OTHER, SCANNER, trustPolicy, VENDOR } from "./policies.ts";
import { allow, audited, ID, INPUT, policy } from "./trust-policy.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test("whatever is handed over as a policy is judged or refused with a reason, and never throws", () => {
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fc.string(), fc.anything()), (document) => {
      const { audit, reason } = auditTrust(document, INPUT);
      expect(audit === undefined ? typeof reason : typeof audit.externalId).toBe("string");
    }),
    { numRuns: 2_000 },
  );
});

test("a policy with any of its parts replaced by anything never throws, nor does its correction", () => {
  const anywhere = fc.tuple(trustPolicy, fc.jsonValue(), fc.nat()).map(([document, value, at]) => {
    const places: [Record<string, unknown>, string][] = [];
    const copy = JSON.parse(JSON.stringify(document)) as Record<string, unknown>;
    const visit = (each: unknown): void => {
      if (typeof each !== "object" || each === null) return;
      for (const key of Object.keys(each)) {
        places.push([each as Record<string, unknown>, key]);
        visit((each as Record<string, unknown>)[key]);
      }
    };
    visit(copy);
    const [holder, key] = places[at % places.length] ?? [copy, "Version"];
    holder[key] = value;
    return copy;
  });
  fc.assert(
    fc.property(anywhere, (document) => {
      const { audit, reason } = auditTrust(document, INPUT);
      if (audit === undefined) expect(reason).toMatch(/^[^"{}<>]+$/);
      else corrected(audit, INPUT);
    }),
    { numRuns: 1_000 },
  );
});

test("whatever a file holds is found, put aside or refused, and never throws", () => {
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), fc.string().map(bytes), fc.json().map(bytes)), (content) => {
      const { policies, skipped, rejected } = trustPoliciesIn(content);
      expect(policies.length + skipped.size + rejected.length).toBeGreaterThan(0);
    }),
    { numRuns: 1_000 },
  );
});

test.each<[string, unknown, string]>([
  ["no object", "[]", "not a JSON object"],
  ["no JSON", "{", "not JSON"],
  ["no statement", "{}", "it has no Statement"],
  ["too long a text", `{"Statement":"${"x".repeat(70_000)}"}`, "longer than 20480 characters"],
  ["too long an object", { Statement: "x".repeat(30_000) }, "longer than 20480 characters"],
  ["too many statements", { Statement: Array.from({ length: 201 }, () => 1) }, "more than 200 statements"],
  ["too deep", JSON.parse(`{"Statement":${"[".repeat(50)}${"]".repeat(50)}}`), "nested too deep"],
  [
    "an identity's policy",
    policy({ Effect: "Allow", Action: "*", Resource: "*" }),
    "statement 0 names no Principal, so it is not of a trust policy",
  ],
  [
    "an Effect of its own",
    policy(allow({ Effect: "allow" })),
    "statement 0 has an Effect that is neither Allow nor Deny",
  ],
  ["a condition of lists", policy(allow({ Condition: [] })), "statement 0 has a Condition that cannot be read"],
  ["a torn percent code", "%7B%", "not JSON"],
])("a document with %s is refused", (_, document, reason) => {
  expect(auditTrust(document, INPUT)).toEqual({ reason });
});

test("the largest policies that are read are judged within a second or two, however they are made", () => {
  const letters = Array.from({ length: 26 }, (_, at) => String.fromCharCode(97 + at));
  const stars = letters.slice(0, 12).map((letter) => `*${letter}*${letter}*${letter}*`);
  const accounts = Array.from({ length: 300 }, (_, at) => String(100_000_000_000 + at));
  const ids = Array.from({ length: 400 }, (_, at) => `id-${at}`);
  const keys = Object.fromEntries(letters.map((letter) => [`aws:RequestTag/${letter}`, [`${letter}*`, `*${letter}`]]));
  const monsters = [
    policy(allow({ Condition: { StringLike: { "sts:ExternalId": stars } } })),
    policy(
      ...stars.map((star) =>
        allow({
          Condition: { StringLike: { "sts:ExternalId": star }, StringNotLike: { "sts:ExternalId": `?${star}` } },
        }),
      ),
    ),
    policy(
      ...accounts
        .slice(0, 80)
        .map((account) =>
          allow({ Principal: { AWS: account }, Condition: { StringEquals: { "sts:ExternalId": ids.slice(0, 4) } } }),
        ),
    ),
    policy(allow({ Principal: { AWS: accounts }, Condition: { StringEquals: { "sts:ExternalId": ids } } })),
    policy(allow({ Condition: { StringLike: keys } }), allow({ Effect: "Deny", Condition: { StringNotLike: keys } })),
  ];
  for (const monster of monsters) {
    const began = performance.now();
    const { audit } = auditTrust(monster, INPUT);
    expect(audit).toBeDefined();
    expect(performance.now() - began).toBeLessThan(5_000);
  }
});

test("patterns that are too many to be followed are never taken for an ID that is enforced", () => {
  const stars = "abcdefghijkl".split("").map((letter) => `*${letter}*${letter}*${letter}*`);
  const all = stars.map((star) => ({ StringLike: { "sts:ExternalId": star } }));
  const document = policy(
    allow({ Condition: {} }),
    ...all.map((Condition) => allow({ Effect: "Deny", Principal: "*", Condition })),
  );
  expect(audited(document).externalId).toBe("bypassable");
});

test("no finding, and no reason, ever holds an external ID", () => {
  const places = (id: string): object[] => [
    policy(allow({ Condition: { StringLikeIfExists: { "sts:ExternalId": `${id}*` } } })),
    policy(allow({ Condition: { StringEquals: { "sts:ExternalId": [id, `${id}2`, `${id}3`, "x y"] } } })),
    policy(
      allow({
        Condition: {
          NumericEqualsIfExists: { "sts:ExternalId": id },
          "ForAllValues:StringLike": { "STS:EXTERNALID": id },
        },
      }),
    ),
    policy(
      allow({ Principal: { AWS: [SCANNER, OTHER, VENDOR] }, Condition: { StringNotEquals: { "sts:ExternalId": id } } }),
    ),
  ];
  for (const document of places(ID)) {
    const audit = audited(document);
    expect(audit.findings.length).toBeGreaterThan(0);
    expect(JSON.stringify(audit.findings)).not.toContain(ID);
    expect(JSON.stringify(corrected(audit, INPUT))).not.toContain(ID);
  }
});
