import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { learnedNames, type LearnedNames } from "../../src/outbound/learned-names.ts";
import { shapeOf } from "../../src/outbound/name-shape.ts";
import { sessionNameContract } from "../../src/outbound/session-name.ts";

const acme = { tenant: "acme", account: "111122223333" };
const globex = { tenant: "globex", account: "444455556666" };

/** What days of names on acme's role teach; each day's names are parted by spaces. */
function learned(...days: string[]): LearnedNames {
  return learnedNames(days.map((names) => new Set(names.split(" ").map((name) => shapeOf(name, acme)))));
}

/** Those of the names, parted by spaces, that are not allowed. */
function unusual(known: LearnedNames, names: string): string[] {
  return names.split(" ").filter((name) => !known.allows(name, acme));
}

/** Hexadecimal digits as good as random, the same at every run; `from` tells the draws apart. */
function hexDigits(from: number, length: number): string {
  return createHash("sha256").update(String(from)).digest("hex").slice(0, length);
}

function podEnding(from: number, length = 5, alphabet = "bcdfghjklmnpqrstvwxz2456789"): string {
  const bytes = createHash("sha256").update(`pod ${from}`).digest();
  return Array.from({ length }, (_, at) => alphabet.charAt(bytes.readUInt16BE(2 * at) % alphabet.length)).join("");
}

function rateOfUnusual(known: LearnedNames, draw: (from: number) => string, draws = 20_000): number {
  let strange = 0;
  for (let from = 0; from < draws; from++) if (!known.allows(draw(from), acme)) strange++;
  return strange / draws;
}

test("a deploy that changes the build's hash, version or pod is quiet", () => {
  const known = learned("scan-acme-8c1f09ab job-v1.9.9 poller-7d4b9c8f5b-x2x9z");
  expect(unusual(known, "scan-acme-9d20aa01 job-v1.10.0 poller-56f8c7d4b-k7qpw")).toEqual([]);
});

test("a hash of another length, a word that looks half like one and a bare number are not", () => {
  const known = learned("scan-8c1f09ab", "scan-9d20aa01");
  const names = ["scan-8c1f09abc", "scan-test0", "scan-x2x9z", "scan-17", "scan-deadbeef", "scan-8C1F09AB", "scan"];
  expect(unusual(known, names.join(" "))).toEqual(names);
});

test("the prefix alone does not let a name in, nor another prefix a known ending", () => {
  const known = learned("scan-17 scan-x2x9z scan-build214 scan-1700000000");
  const names = ["scan-test0", "botocore-session-1700000000", "1700000000", "Scan-17", "scan-8c1f09ab", "scan-17-1"];
  expect(unusual(known, names.join(" "))).toEqual(names);
});

test("what was learned on one tenant's role holds for another's under that one's own name", () => {
  const known = learned("scan-acme-8c1f09ab");
  expect(known.allows("scan-globex-9d20aa01", globex)).toBe(true);
  expect(known.allows("scan-acme-9d20aa01", globex)).toBe(false);
  expect(known.allows("scan-acme-9d20aa01", { tenant: null, account: null })).toBe(false);
});

test("a tenant that is called like the workload's own word or number is no alarm", () => {
  const known = learned("scan-17");
  expect(known.allows("scan-18", { tenant: "scan", account: null })).toBe(true);
  expect(known.allows("scan-18", { tenant: "18", account: null })).toBe(true);
});

test("random hexadecimal digits do not alarm by being all digits or all letters", () => {
  const known = learned("scan-8c1f09ab");
  expect(unusual(known, "scan-12345678 scan-20261120 scan-faceabcd scan-cbbfdcac")).toEqual([]);
  expect(rateOfUnusual(known, (from) => `scan-${hexDigits(from, 8)}`)).toBeLessThan(1 / 5000);
});

test.each([
  ["as Kubernetes writes it", "456789bcdf"],
  ["of the whole alphabet", undefined],
])("random endings of pods do not alarm, with a hash %s", (_, alphabet) => {
  const known = learned("poller-7d4b9c8f5b-x2x9z");
  const hash = (from: number) => podEnding(-from - 1, 8 + (from % 3), alphabet);
  expect(rateOfUnusual(known, (from) => `poller-${hash(from)}-${podEnding(from)}`)).toBe(0);
});

test("a hash without a digit is a word to those who learned no hash, and no word becomes one by having none", () => {
  const hashes = learned("poller-7d4b9c8f5b-x2x9z");
  expect(unusual(hashes, "poller-xkqztbcdf-k7qpw poller-botocore-k7qpw poller-lambda22-k7qpw")).toEqual([
    "poller-botocore-k7qpw",
    "poller-lambda22-k7qpw",
  ]);
  expect(unusual(learned("poller-canary-x2x9z"), "poller-xkqztbcdf-k7qpw")).toEqual(["poller-xkqztbcdf-k7qpw"]);
  expect(unusual(learned("poller-xkqztbcdf-x2x9z"), "poller-xkqztbcdw-k7qpw")).toEqual(["poller-xkqztbcdw-k7qpw"]);
});

test("random letters and digits of both cases seldom alarm", () => {
  const known = learned(`scan-4kQ9zmT2xW7p4kQ9`);
  const draw = (from: number) => createHash("sha256").update(String(from)).digest("base64").replaceAll(/[+/=]/g, "");
  expect(rateOfUnusual(known, (from) => `scan-${draw(from).slice(0, 16)}`)).toBeLessThan(1 / 50);
});

test("a word that took turns at deploys may be followed by another, which is about as long, and of its case", () => {
  const known = learned("scan-amber-1", "scan-amber-2", "scan-coral-1", "scan-coral-1 scan-ivory-2", "scan-ivory-1");
  expect(known.templates).toEqual(["scan-{word}-{digits}"]);
  expect(unusual(known, "scan-jade-1 scan-topaz-17 scan-amber-1")).toEqual([]);
  const names = [
    "scan-test0-1",
    "scan-Topaz-1",
    "scan-ox-1",
    "scan-administrator-1",
    "scan-xkqzt-1",
    "scan-8c1f09ab-1",
  ];
  expect(unusual(known, names.join(" "))).toEqual(names);
});

test.each([
  ["two words that alternate", ["scan-amber", "scan-coral", "scan-amber", "scan-coral"]],
  ["two words that alternate, and a third", ["scan-amber", "scan-coral", "scan-amber", "scan-coral", "scan-ivory"]],
  [
    "two words that alternate, and two more",
    ["scan-amber", "scan-coral", "scan-amber", "scan-coral", "scan-ivory", "scan-jade"],
  ],
  [
    "words that overlap for days",
    ["scan-amber", ...Array<string>(3).fill("scan-amber scan-coral"), "scan-coral", "scan-ivory", "scan-jade"],
  ],
  ["words that stand beside each other", ["scan-amber scan-coral scan-ivory", "scan-amber scan-coral scan-ivory"]],
  [
    "a daily, a weekly and a monthly job",
    ["scan-daily", "scan-daily scan-weekly", "scan-daily scan-monthly", "scan-daily"],
  ],
  ["two words one after the other", ["scan-amber", "scan-amber", "scan-coral", "scan-coral"]],
  ["words of which one comes back", ["scan-amber", "scan-coral", "scan-ivory", "scan-amber"]],
  ["names of tenants", ["scan-acme", "scan-amber", "scan-coral", "scan-ivory"]],
  ["letters that random digits are", ["scan-abcdabcd", "scan-fedcfedc", "scan-bebebebe", "scan-8c1f09ab"]],
])("%s are constants, and let no other word in", (_, days) => {
  const known = learned(...days);
  expect(known.templates.filter((template) => template.includes("{word}"))).toEqual([]);
  expect(unusual(known, "scan-topaz scan-operator")).toEqual(["scan-topaz", "scan-operator"]);
});

test("a stranger's word within a word's days does not end the rotation", () => {
  const later = ["scan-amber", "scan-amber scan-evil", "scan-amber", "scan-coral", "scan-ivory"];
  const first = ["scan-evil scan-amber", "scan-amber", "scan-coral", "scan-ivory"];
  expect([later, first].map((days) => unusual(learned(...days), "scan-topaz"))).toEqual([[], []]);
});

test("the next word is neither much longer nor much shorter", () => {
  const known = learned("scan-emerald", "scan-emerald scan-obsidian", "scan-emerald scan-obsidian", "scan-sapphire");
  expect(unusual(known, "scan-jade scan-topaz scan-aquamarine scan-administrator")).toEqual([
    "scan-jade",
    "scan-administrator",
  ]);
});

test("two adjacent words that took turns together may be followed by two others of their kind", () => {
  const known = learned("poller-jolly-falcon-1", "poller-calm-harbor-1 poller-calm-harbor-2", "poller-brisk-juniper-1");
  expect(known.templates).toEqual(["poller-{word}-{word}-{digits}"]);
  expect(known.globs()).toEqual(["poller-*-*-*"]);
  const names = [
    "poller-eager-test0-1",
    "poller-Eager-Meadow-1",
    "poller-eager-administrator-1",
    "poller-administrator-meadow-1",
    "poller-eager-xkqztv-1",
    "poller-eager_meadow-1",
    "poller-meadow-1",
    "poller-eager-little-meadow-1",
    "scanner-eager-meadow-1",
    "poller-eager-meadow-x2x9z",
  ];
  expect(unusual(known, `poller-eager-meadow-17 ${names.join(" ")}`)).toEqual(names);
});

test("two words that are combined anew at every deploy rotate, though one of them stays now and then", () => {
  const known = learned("jolly-falcon", "calm-falcon", "brisk-falcon", "brisk-harbor", "calm-juniper");
  expect(known.templates).toEqual(["{word}-{word}"]);
  expect(unusual(known, "jolly-harbor eager-meadow")).toEqual([]);
});

test.each([
  ["a word that rotates beside one that stays", ["scan-amber", "scan-coral", "scan-ivory", "scan-jade"], "scan-topaz"],
  ["a word that rotates before one that stays", ["amber-scan", "coral-scan", "ivory-scan"], "topaz-scan"],
  ["two words of which one was two only", ["jolly-falcon", "calm-harbor", "calm-juniper", "jolly-meadow"], ""],
  ["pairs that stand beside each other", Array<string>(3).fill("jolly-falcon calm-harbor brisk-juniper"), ""],
  ["pairs of which one comes back", ["jolly-falcon", "calm-harbor", "brisk-juniper", "jolly-falcon"], ""],
  ["two pairs one after the other", ["jolly-falcon", "jolly-falcon", "calm-harbor"], ""],
  ["pairs parted by different separators", ["jolly-falcon", "calm_harbor", "brisk-juniper", "eager.meadow"], ""],
  ["words that are not side by side", ["jolly-1-falcon", "calm-1-harbor", "brisk-1-juniper"], ""],
  ["three words at once", ["jolly-red-falcon", "calm-blue-harbor", "brisk-green-juniper"], ""],
  ["a name of the tenant's own before words", ["acme-falcon", "calm-falcon", "brisk-harbor", "jolly-juniper"], ""],
  ["a name of the tenant's own behind words", ["jolly-acme", "calm-falcon", "brisk-harbor", "eager-juniper"], ""],
  ["a name of the tenant's own before a version", ["acme-v1", "calm-falcon", "brisk-harbor", "jolly-juniper"], ""],
  ["the account behind words", ["jolly-111122223333", "calm-falcon", "brisk-harbor", "eager-juniper"], ""],
])("%s: no two other words get in", (_, days, allowed) => {
  const known = learned(...days);
  const names = "sunny-meadow merry-willow sunny-1-meadow sunny-pink-meadow topaz-sync";
  expect(known.templates.filter((template) => /\{word\}.\{word\}/.test(template))).toEqual([]);
  expect(unusual(known, `${names} ${allowed}`.trim())).toEqual(names.split(" "));
});

test("templates read well, and what a generator made by chance is not listed beside it", () => {
  const known = learned("scan-acme-8c1f09ab scan-acme-abcdabcd poller-x2x9z poller-xkqzt canary");
  expect(known.templates).toEqual(["canary", "poller-{pod5}", "scan-{tenant}-{hex8}"]);
});

test("globs say what templates say where they can", () => {
  const known = learned(
    "scan-acme-8c1f09ab scan-acme-17 build214-111122223333 1700000000 i-0abc12def34567890 a{b canary",
  );
  expect(known.globs()).toEqual(["build*-{account}", "canary", "scan-{tenant}-*"]);
});

test("nothing is known of a workload without a past", () => {
  expect(learnedNames([new Set<string>()]).allows("scan-1", acme)).toBe(false);
  expect(learnedNames([]).templates).toEqual([]);
});

test("where a shape is all that is known of a name, it is allowed if all its names are", () => {
  const known = learned("scan-8c1f09ab job-canary", "run-amber", "run-coral", "run-ivory");
  const shapes = ["scan-{hex8}", "scan-{digits8}", "scan-abcdabcd", "job-canary", "run-topaz", "run-amber"];
  expect(shapes.filter((shape) => !known.allowsShape(shape))).toEqual([]);
  const others = [
    "scan-{hex9}",
    "scan-{digits}",
    "scan-{podhash}",
    "scan-deadbeef",
    "scan-{word}",
    "job-{word}",
    "run",
    "",
  ];
  expect(others.filter((shape) => known.allowsShape(shape))).toEqual([]);
});

const token = fc.oneof(
  fc.constantFrom("scan", "acme", "globex", "111122223333", "deadbeef", "face1", "", "2026-11-20", "build214"),
  fc.stringMatching(/^[0-9a-f]{1,12}$/),
  fc.stringMatching(/^[A-Za-z0-9]{1,16}$/),
  fc.uuid(),
);
const anyName = fc.oneof(
  fc
    .array(fc.tuple(token, fc.constantFrom("-", "_", ".", "@")), { minLength: 1, maxLength: 4 })
    .map((parts) => parts.flat().join("")),
  fc.string({ unit: "binary", maxLength: 70 }),
);

test("a name is always allowed by what was learned from it, whatever else was learned", () => {
  fc.assert(
    fc.property(fc.array(fc.array(anyName, { maxLength: 4 }), { maxLength: 6 }), (days) => {
      const known = learnedNames(days.map((names) => new Set(names.map((name) => shapeOf(name, acme)))));
      expect(days.flat().filter((name) => !known.allows(name, acme))).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

test("a name is allowed if its shape is, and its shape if it was learned", () => {
  const word = fc.constantFrom("amber", "coral", "ivory", "jolly", "8c1f09ab", "12345678", "acme");
  const ordinary = fc.array(word, { minLength: 1, maxLength: 2 }).map((words) => words.join("-"));
  const names = fc.oneof({ arbitrary: ordinary, weight: 9 }, { arbitrary: anyName, weight: 1 });
  const days = fc.array(fc.array(names, { minLength: 1, maxLength: 2 }), { minLength: 2, maxLength: 8 });
  let unlearned = 0;
  fc.assert(
    fc.property(days, ordinary, (learnedDays, name) => {
      const shapes = learnedDays.map((day) => new Set(day.map((one) => shapeOf(one, acme))));
      const known = learnedNames(shapes);
      for (const shape of shapes.flatMap((day) => [...day])) expect(known.allowsShape(shape)).toBe(true);
      const shape = shapeOf(name, acme);
      if (!known.allowsShape(shape)) return;
      if (!shapes.some((day) => day.has(shape))) unlearned++;
      expect(known.allows(name, acme)).toBe(true);
    }),
    { numRuns: 3000 },
  );
  expect(unlearned).toBeGreaterThan(30);
});

test("no words get in that are longer, or hold more, than what took turns, alone or in pairs", () => {
  const word = fc.constantFrom("amber", "coral", "ivory", "jolly", "brisk", "harbor", "falcon");
  const filling = fc.tuple(word, word).map((pair) => pair.join("-"));
  let rotating = 0;
  fc.assert(
    fc.property(fc.array(filling, { minLength: 3, maxLength: 6 }), fc.nat(1), (days, place) => {
      const known = learned(...days);
      if (known.allows("eager-meadow", acme)) rotating++;
      const put = (strange: string) => ["eager", "meadow"].with(place, strange).join("-");
      const strangers = ["administrator", "ec2", "test0", "me", "Meadow", "xkqzt", ""].map(put);
      expect(unusual(known, strangers.join(" "))).toEqual(strangers);
    }),
    { numRuns: 1000 },
  );
  expect(rotating).toBeGreaterThan(200);
});

test("the globs of what was learned are a contract that allows the names that they came from", () => {
  fc.assert(
    fc.property(anyName, (name) => {
      const globs = learnedNames([new Set([shapeOf(name, acme)])]).globs();
      const { contract } = sessionNameContract(globs);
      expect(globs.length === 0 || contract?.allows(name, acme)).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

test("a word with a vowel and a digit never passes for random digits, a pod or a number", () => {
  const day = fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 12 });
  const generator = fc.oneof(
    fc.integer({ min: 4, max: 40 }).map((length) => ({ length, draw: (from: number) => hexDigits(from, length) })),
    fc.constant({ length: 0, draw: (from: number) => podEnding(from) }),
    fc.constant({ length: 0, draw: (from: number) => podEnding(from, 10, "456789bcdf") }),
    fc.constant({ length: 0, draw: (from: number) => podEnding(from, 9) }),
    fc.constant({ length: 0, draw: (from: number) => String(from) }),
    fc.constant({ length: 0, draw: (from: number) => String(1_700_000_000 + from) }),
  );
  const word = fc
    .oneof(fc.stringMatching(/^[a-z]{1,8}[0-9]{1,4}$/), fc.stringMatching(/^[a-z0-9]{2,12}$/))
    .filter((text) => /[aeiou]/.test(text) && /[0-9]/.test(text));
  let told = 0;
  fc.assert(
    fc.property(fc.array(day, { minLength: 1, maxLength: 6 }), generator, word, (days, { length, draw }, mimicry) => {
      // Hexadecimal digits of the learned length are what they look like, whoever chose them.
      if (mimicry.length === length && /^[0-9a-f]+$/.test(mimicry)) return;
      told++;
      const known = learned(...days.map((draws) => draws.map((from) => `scan-${draw(from)}`).join(" ")));
      expect(unusual(known, `scan-${mimicry}`)).toEqual([`scan-${mimicry}`]);
    }),
    { numRuns: 2000 },
  );
  expect(told).toBeGreaterThan(1900);
});
