import { existsSync, readFileSync } from "node:fs";
import { glob } from "node:fs/promises";
import { expect, test } from "vitest";
import { readBody } from "../../src/pipeline/read.ts";
import { inflate } from "../../src/trail/envelopes/gzip.ts";
import { callIn, OPTIONS } from "./sample-record.ts";

const TRAILS = "../shared/trails";
const CORPUS = `${TRAILS}/assume_role_corpus.given.ndjson`;
interface Line {
  readonly source: string;
  readonly record: {
    readonly userIdentity: { readonly type: string };
    readonly errorCode?: string;
    readonly requestParameters?: { readonly externalId?: string } | null;
  };
}

test.skipIf(!existsSync(CORPUS))(
  "158 of 158 real records are calls (skipped where the real trails are not at hand)",
  () => {
    const lines = readFileSync(CORPUS, "utf8").trim().split("\n");
    const records = lines.map((line) => JSON.parse(line) as Line);
    expect(records).toHaveLength(158);
    const calls = records.map(({ source, record }) => ({ source, record, call: callIn(record) }));
    for (const { record, call } of calls) {
      expect(call.caller.kind).toBe(record.userIdentity.type);
      expect(call.outcome === "denied").toBe(record.errorCode === "AccessDenied");
      if (call.outcome === "denied") expect(call.target.roleArn).toMatch(/^arn:aws[\w-]*:iam::\d{12}:role\/./);
    }
    const vendors = calls.filter(({ record }) => record.requestParameters?.externalId !== undefined);
    expect(vendors.some(({ source }) => source.includes("logicmonitor"))).toBe(true);
    for (const { call } of vendors) {
      expect(call.asked?.externalId).toMatchObject({
        digest: expect.stringMatching(/^hmac-sha256:[0-9a-f]{64}$/) as string,
      });
    }
  },
);

test.skipIf(!existsSync(TRAILS))(
  "every real file is read or counted (skipped where the real trails are not at hand)",
  async () => {
    let calls = 0;
    for await (const entry of glob(`${TRAILS}/**/*`, { withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const inflated = await inflate(readFileSync(`${entry.parentPath}/${entry.name}`));
      if (!inflated.ok) {
        expect(inflated.reason).not.toBe("");
        continue;
      }
      const { tally, objects, ...read } = readBody(inflated.bytes, OPTIONS);
      const skipped = [...tally.skipped.values()].reduce((sum, count) => sum + count, 0);
      expect(tally.records + objects.length + skipped + tally.rejected.length, entry.name).toBeGreaterThan(0);
      expect(read.calls.length + read.changes.length).toBeLessThanOrEqual(tally.records);
      calls += read.calls.length;
    }
    expect(calls).toBeGreaterThan(158);
  },
);
