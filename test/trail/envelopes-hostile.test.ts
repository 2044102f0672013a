import { createHash } from "node:crypto";
import { createGzip, gzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { inflate, inflateNow } from "../../src/trail/envelopes/gzip.ts";
import { openBytes, openText, openValue } from "../../src/trail/envelopes/open.ts";
import type { Opened } from "../../src/trail/envelopes/open.ts";

const record = (name: string): object => ({ eventSource: "sts.amazonaws.com", eventName: name, eventVersion: "1.11" });
const file = (...names: string[]): string => JSON.stringify({ Records: names.map(record) });
const names = ({ records }: Opened): unknown[] => records.map((each) => (each as { eventName: unknown }).eventName);
const accountedFor = ({ records, objects, skipped, rejected }: Opened): number =>
  records.length + objects.length + rejected.length + [...skipped.values()].reduce((sum, count) => sum + count, 0);
const unzipped = async (bytes: Uint8Array): Promise<string> => {
  const inflated = await inflate(bytes);
  expect(inflateNow(bytes)).toEqual(inflated);
  return inflated.ok ? Buffer.from(inflated.bytes).toString() : inflated.reason;
};

test("lines are read one by one, and a broken one is named and costs no other", () => {
  const lines = [
    record("A"),
    "",
    record("B"),
    "{broken",
    record("C"),
    '{"open":{"a":1}',
    record("D"),
    "}",
    record("E"),
  ];
  for (const ending of ["\n", "\r\n"]) {
    const found = openText(lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join(ending));
    expect(names(found)).toEqual(["A", "B", "C", "D", "E"]);
    expect(found.rejected).toEqual([4, 6, 8].map((line) => ({ where: `line ${line}`, reason: "not JSON" })));
  }
});

test.each([
  ["on one line", file("A") + file("B", "C")],
  ["a line each", `${file("A")}\n${file("B", "C")}\n`],
  ["indented", [file("A"), file("B", "C")].map((text) => JSON.stringify(JSON.parse(text), null, 2)).join("\n")],
  ["in lines that are not indented", `${file("A")}${file("B", "C").replaceAll("{", "\n{")}`],
  ["with brackets and quotes in strings", `{"_raw":${file("A")},"x":"}]\\"{"}${file("B", "C")}`],
])("documents one after another are all read: %s", (_layout, text) => {
  expect(names(openText(text))).toEqual(["A", "B", "C"]);
  expect(openText(text).rejected).toEqual([]);
});

test("a document that is cut off between two is one rejection", () => {
  const whole = [file("A"), file("B"), file("C")].map((text) => JSON.stringify(JSON.parse(text), null, 2));
  const found = openText(`${whole[0]!}\n${whole[1]!.slice(0, -8)}\n${whole[2]!}`);
  expect(names(found)).toEqual(["A", "C"]);
  expect(found.rejected).toHaveLength(1);
});

test("a byte order mark is no fault, and what is not UTF-8 costs its own line only", () => {
  const mark = Buffer.from([0xef, 0xbb, 0xbf]);
  const odd = Buffer.concat([
    Buffer.from(JSON.stringify(record("\u00fc")).slice(0, -2)),
    Buffer.from([0xff, 0x22, 0x7d]),
  ]);
  const feed = Buffer.from("\n");
  expect(names(openBytes(Buffer.concat([mark, Buffer.from(file("A"))])))).toEqual(["A"]);
  expect(openBytes(odd)).toMatchObject({ records: [], rejected: [{ where: "line 1", reason: "invalid UTF-8" }] });
  const found = openBytes(Buffer.concat([mark, Buffer.from(file("ü")), feed, odd, feed, Buffer.from(file("ä"))]));
  expect(names(found)).toEqual(["ü", "ä"]);
  expect(found.rejected).toEqual([{ where: "line 2", reason: "invalid UTF-8" }]);
});

test("emptiness is said", () => {
  expect(openText(" \n").rejected).toEqual([{ where: "document", reason: "empty" }]);
  expect(openBytes(new Uint8Array()).rejected).toEqual([{ where: "document", reason: "empty" }]);
});

test("no reason quotes what it is about", () => {
  const secret = "EXTERNAL-ID-7f3a";
  for (const text of [secret, `{"externalId":"${secret}"`, `{"Records":[${secret}]}`, ["{}", secret].join("\n")]) {
    const { rejected } = openText(text);
    expect(rejected.length).toBeGreaterThan(0);
    expect(JSON.stringify(rejected)).not.toContain(secret.slice(0, 4));
  }
});

test("five million levels do not throw, whole or cut off", () => {
  const deep = `${'[{"data":'.repeat(2_500_000)}0${"}]".repeat(2_500_000)}`;
  expect(accountedFor(openText(deep))).toBe(1);
  expect(accountedFor(openText(deep.slice(0, -1)))).toBe(1);
});

test("a __proto__ is a field like any other", () => {
  const text = '{"__proto__":{"Records":[]},"constructor":{"prototype":{"polluted":1}},"eventName":"A","eventID":"1"}';
  expect(names(openText(text))).toEqual(["A"]);
  expect(openText('{"__proto__":{"Records":[{"eventName":"A"}]}}').rejected).toHaveLength(1);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});

test("a text of nothing but faults lists a thousand and counts the rest", () => {
  const { rejected } = openText("x\n".repeat(5000));
  expect(rejected).toHaveLength(1001);
  expect(rejected.at(-1)).toEqual({ where: "document", reason: "4000 more parts that cannot be read" });
});

test("brackets that never close are read in linear time", () => {
  const started = performance.now();
  for (const text of ["{\n".repeat(50_000), "[\n".repeat(50_000) + "x" + "]".repeat(50_000), "{}".repeat(50_000)]) {
    expect(accountedFor(openText(text))).toBeGreaterThan(0);
  }
  expect(performance.now() - started).toBeLessThan(60_000);
});

test("gzip is inflated, several members too, and anything else passes as it is", async () => {
  const members = Buffer.concat([gzipSync(file("A")), gzipSync(file("B"))]);
  expect(names(openText(await unzipped(members)))).toEqual(["A", "B"]);
  expect(names(openText(gzipSync(file("A")).toString("base64")))).toEqual(["A"]);
  expect(await unzipped(Buffer.from("{}"))).toBe("{}");
});

test("each way in which gzip can be broken has its own reason", async () => {
  const good = gzipSync(file("A"));
  const flipped = Buffer.from(good).fill(0, good.length - 8, good.length - 4);
  expect(await unzipped(good.subarray(0, -9))).toBe("gzip: cut off");
  expect(await unzipped(flipped)).toBe("gzip: checksum does not match");
  expect(await unzipped(Buffer.concat([good, Buffer.from("garbage")]))).toBe(
    "gzip: something else follows the content",
  );
  expect(await unzipped(gzipSync(good))).toBe("gzip inside gzip: only one layer is opened");
  expect(await unzipped(Buffer.from([0x1f, 0x8b, 9, 9, 9]))).toBe("gzip: damaged");
  expect(await unzipped(Buffer.alloc(0))).toBe("empty");
  expect(await unzipped(Buffer.from("PK\u0003\u0004rest"))).toBe("zip archive: unzip it first");
});

test("a gzip cut at any byte is refused, and never half read", async () => {
  const noise = Array.from({ length: 250 }, (_, at) =>
    createHash("sha256").update(String(at)).digest("base64").slice(0, 9),
  );
  const good = gzipSync(file(...noise));
  expect(good.length).toBeGreaterThan(1500);
  for (let length = 2; length < good.length; length++) {
    expect(await inflate(good.subarray(0, length))).toEqual({ ok: false, reason: "gzip: cut off" });
  }
});

test("a bit flipped anywhere is either refused or harmless to the content", async () => {
  const text = file("A", "B", "C");
  const good = gzipSync(text);
  let refused = 0;
  for (let seed = 1; seed <= 200; seed++) {
    const bit = (Math.imul(seed, 0x9e3779b1) >>> 0) % (good.length * 8);
    const bad = Buffer.from(good);
    bad[bit >> 3]! ^= 1 << (bit & 7);
    const inflated = await inflate(bad);
    if (!inflated.ok) refused++;
    else if (bad[0] === 0x1f && bad[1] === 0x8b) expect(Buffer.from(inflated.bytes).toString()).toBe(text);
    else expect(openBytes(inflated.bytes).records).toEqual([]);
  }
  expect(refused).toBeGreaterThan(100);
});

test("a bomb of one gibibyte is refused within three seconds", async () => {
  const bomb = await zeros(1024);
  expect(bomb.length).toBeLessThan(2 * 1024 * 1024);
  const started = performance.now();
  expect(await inflate(bomb)).toEqual({ ok: false, reason: "gzip bomb: inflates to more than a log file can" });
  expect(performance.now() - started).toBeLessThan(30_000);
});

async function zeros(mebibytes: number): Promise<Buffer> {
  const zip = createGzip();
  const block = Buffer.alloc(1024 * 1024);
  const parts: Buffer[] = [];
  const ended = new Promise<void>((resolve) => {
    zip.on("data", (part: Buffer) => parts.push(part)).on("end", resolve);
  });
  for (let count = 0; count < mebibytes; count++) {
    if (!zip.write(block)) await new Promise<void>((resolve) => zip.once("drain", resolve));
  }
  zip.end();
  await ended;
  return Buffer.concat(parts);
}

const FIELDS = [
  ..."Records detail detail-type source Type Message Sns body eventSource EventSource eventName s3 bucket name".split(
    " ",
  ),
  ..."object key s3Bucket s3ObjectKey Event awslogs data messageType logEvents message Events CloudTrailEvent".split(
    " ",
  ),
  ..."digestS3Object logFiles digestStartTime eventType insightDetails _raw record event kinesis __proto__".split(" "),
];
const WORDS = [
  ..."aws:s3 aws:sqs aws:sns aws:kinesis aws:x ObjectCreated:Put s3:TestEvent Notification H4sIAAAAAAAAA DATA_MESSAGE {".split(
    " ",
  ),
  ...[
    "AWS API Call via CloudTrail",
    "Object Created",
    "aws.s3",
    "%zz",
    '{"Records":[1]}',
    '"\\"[]\\""',
    "sts.amazonaws.com",
  ],
];
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    fc.constantFrom(...WORDS, null, 0, true),
    fc.string(),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...FIELDS), tie("value"), { maxKeys: 5, size: "max" }),
  ),
})).value;

test("whatever the value, opening it throws nothing and accounts for something", () => {
  let kept = 0;
  fc.assert(
    fc.property(fc.oneof(json, fc.anything()), (value) => {
      const found = openValue(value);
      kept += found.records.length + found.objects.length + found.skipped.size;
      expect(accountedFor(found)).toBeGreaterThan(0);
      if (Array.isArray(value)) expect(accountedFor(found)).toBeGreaterThanOrEqual(value.length);
    }),
    { numRuns: 3000 },
  );
  expect(kept).toBeGreaterThan(100);
});

test("whatever the text or the bytes, opening them throws nothing and accounts for something", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    json.map((value) => JSON.stringify(value)),
  );
  const torn = fc.tuple(text, fc.constantFrom("\n", "", "\r\n", "{", '"'), text).map((parts) => parts.join(""));
  fc.assert(
    fc.property(torn, fc.uint8Array(), (whole, bytes) => {
      expect(accountedFor(openText(whole))).toBeGreaterThan(0);
      expect(accountedFor(openBytes(Buffer.concat([Buffer.from(whole), bytes])))).toBeGreaterThan(0);
    }),
    { numRuns: 2000 },
  );
});
