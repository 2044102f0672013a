/** A well-meant change that loses or invents alerts. The simulation must notice each of them. */
export interface Mutant {
  readonly name: string;
  /** Who builds it so, or why one might. */
  readonly why: string;
  readonly edits: readonly { readonly file: string; readonly find: string; readonly put: string }[];
}

/** The fourteen designs that are known to fail, as changes to the product's own source. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: "mark seen, then work",
    why: "An idempotency lock taken before the work: a crash in between, and the retry finds it done.",
    edits: [
      {
        file: "src/pipeline/ingest.ts",
        find: "const { verdicts, elsewhere } = await judge({ calls, changes, uses }, courtOf(world));",
        put: `const seenKeys = calls.map(({ key }) => \`seen/\${key}\`);
    const seen = await store.recall(seenKeys);
    await store.merge(new Map(seenKeys.map((key) => [key, { kind: "marks" as const, value: new Set(["seen"]) }])));
    const fresh = calls.filter(({ key }) => !seen.has(\`seen/\${key}\`));
    const { verdicts, elsewhere } = await judge({ calls: fresh, changes, uses }, courtOf(world));`,
      },
    ],
  },
  {
    name: "acknowledge, then work",
    why: "Auto-acknowledgement on receipt.",
    edits: [
      {
        file: "test/sim/processes.ts",
        find: "const { done } = await ingest(messages, world);",
        put: "await inbox.remove(messages.map(({ id }) => id));\n          const { done } = await ingest(messages, world);",
      },
    ],
  },
  {
    name: "swallow errors",
    why: "A catch that logs and goes on: what failed is acknowledged with the rest.",
    edits: [
      {
        file: "src/pipeline/ingest.ts",
        find: "else book.failed.push({ id: one.id, reason });",
        put: "else book.done.push(one.id);",
      },
    ],
  },
  {
    name: "mark sent, then send",
    why: "At most once, by mistake.",
    edits: [
      {
        file: "src/pipeline/deliver.ts",
        find: "await inTime(round,",
        put: "await outbox.told(id, channel.name, reached);\n      await inTime(round,",
      },
    ],
  },
  {
    name: "alert ids by sequence",
    why: "Numbered in the order of finding: a retry gives another number.",
    edits: [
      {
        file: "src/alerts/identity.ts",
        find: "export function alertId(identity: Identity): string {",
        put: "let sequence = 0;\nexport function alertId(identity: Identity): string {\n  sequence++;",
      },
      {
        file: "src/alerts/identity.ts",
        find: "return idOf(identityText(identity));",
        put: "return idOf(identityText(identity) + sequence);",
      },
    ],
  },
  {
    name: "alert ids by the clock",
    why: "Deduplication periods of processing time.",
    edits: [
      {
        file: "src/alerts/identity.ts",
        find: "return idOf(identityText(identity));",
        put: "return idOf(identityText(identity) + performance.now());",
      },
    ],
  },
  {
    name: "windows of processing time",
    why: "When a call came instead of when it happened.",
    edits: [
      {
        file: "src/pipeline/ingest.ts",
        find: "const calls = read.flatMap((one) => one.calls);",
        put: "const calls = read.flatMap((one) => one.calls).map((call) => ({ ...call, timeMs: world.now() }));",
      },
    ],
  },
  {
    name: "counters",
    why: "Adding one for each delivery instead of one member for each call.",
    edits: [
      {
        file: "src/memory/window.ts",
        find: "return { timeMs, keyHash: hash32(key), targetHash: hash32(target) };",
        put: "return { timeMs, keyHash: hash32(key + Math.random()), targetHash: hash32(target) };",
      },
    ],
  },
  {
    name: "equal to the threshold",
    why: "An edge trigger: whoever steps over the edge is never seen on it.",
    edits: [
      {
        file: "src/detectors/tenant-sweep.ts",
        find: "if (targets.size < FLOOR) continue;",
        put: "if (targets.size !== FLOOR) continue;",
      },
    ],
  },
  {
    name: "one event id is one call",
    why: "Deduplication by eventID, which the two copies of one call do not share.",
    edits: [
      {
        file: "src/trail/record.ts",
        find: "key: text(record.sharedEventID) ?? original ?? eventId ??",
        put: "key: original ?? eventId ??",
      },
    ],
  },
  {
    name: "the first copy wins",
    why: "The poor copy arrives first, and the caller is lost.",
    edits: [
      {
        file: "src/memory/cell.ts",
        find: "call: { join: joinCalls,",
        put: "call: { join: (first: Call) => first,",
      },
    ],
  },
  {
    name: "one bad message fails the batch",
    why: "The whole batch comes again, with the same message in it, for ever.",
    edits: [
      {
        file: "src/pipeline/ingest.ts",
        find: "  const toJudge = read.filter(",
        put: `  if (read.some(({ aside }) => aside.length > 0)) {
    for (const { id } of read) book.failed.push({ id, reason: "the batch failed" });
    return;
  }
  const toJudge = read.filter(`,
      },
    ],
  },
  {
    name: "three receives",
    why: "A short outage turns good events into dead letters.",
    edits: [{ file: "test/sim/simulate.ts", find: "maxReceives: 1000,", put: "maxReceives: 3," }],
  },
  {
    name: "dates by Date.parse",
    why: "February 30 is March 2, and what is no date is NaN, which stays in a register for ever.",
    edits: [
      {
        file: "src/trail/time.ts",
        find: "  const ordinary = isOrdinary(text);",
        put: "  if (latestMs > 0) return Date.parse(text);\n  const ordinary = isOrdinary(text);",
      },
      {
        file: "src/memory/lattice.ts",
        find: '    if (typeof value !== "number" || !Number.isFinite(value)) throw new TypeError("a register holds finite numbers");\n    return value;',
        put: "    return value as number;",
      },
    ],
  },
];
