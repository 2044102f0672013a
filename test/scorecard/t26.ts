import { sized, type ScorecardTest } from "./card.ts";
import { canariesOf } from "./secrets/canaries.ts";
import { carriersOf } from "./secrets/carriers.ts";
import { commandLineSurfaces } from "./secrets/command-line.ts";
import { ENCODINGS, leakOf, needlesOf } from "./secrets/encodings.ts";
import { liveSurfaces } from "./secrets/live.ts";
import { scannerFor, type Scanner } from "./secrets/scanner.ts";
import type { Surface } from "./secrets/surface.ts";

const CANARIES = 2_000;
/** So much of a surface goes around a leak that is put into it. */
const AROUND_BYTES = 32_768;

/**
 * Everything that the product writes while secrets pass through it, but for two places: the quarantine, which keeps what
 * cannot be read as it came, and the vault, whose file is sealed and is scanned as such.
 */
export const t26: ScorecardTest = {
  id: "T26",
  part: "C",
  title: "no external ID, session token or access key is in anything that is written, in no encoding and in no part",
  run: async (sizing) => {
    const canaries = canariesOf(sizing.seed, sized(CANARIES, sizing));
    const carriers = carriersOf(sizing.seed, canaries, sizing.quick ? 2 : 4);
    const scanner = scannerFor(needlesOf(canaries));
    const leaks = [
      leakOf(canaries.externalIds.at(-1) ?? "", "external ID"),
      leakOf(canaries.sessionTokens.at(-1) ?? "", "session token"),
      leakOf(canaries.accessKeyIds.at(-1) ?? "", "access key id"),
    ];
    const texts = leaks.flatMap((one) => one.texts);
    const leak = Buffer.from(texts.map((text) => `<${text}>\n`).join(""), "latin1");
    const names = leaks.flatMap((one) => one.names);
    const live = await liveSurfaces(carriers, texts);
    const commands = await commandLineSurfaces(carriers, canaries, sizing.quick ? 2 : 1);
    const surfaces = [...live.surfaces, ...commands.surfaces];

    const hits = surfaces.flatMap((surface) => hitsIn(surface, scanner));
    const blind = surfaces.flatMap((surface) => blindnessOf(surface, leak, names, scanner));
    const seen = new Set(scanner.namesIn(live.leakingHeap));
    // V8 writes a text into a snapshot up to its first NUL.
    const inHeap = names.filter((name) => !name.endsWith("UTF-16") && !name.endsWith("in bytes"));
    blind.push(...inHeap.filter((name) => !seen.has(name)).map((name) => `heap of the notifier: ${name} is not seen`));
    const read = surfaces.reduce((sum, { bytes }) => sum + bytes.length, 0);
    const met = { ...live.told, quarantined: live.quarantined, used: carriers.used };
    const enough =
      blind.length + commands.astray.length === 0 &&
      carriers.used === canaries.externalIds.length &&
      Object.values(met).every((count) => count > 0);
    return {
      verdict: hits.length > 0 ? "FAIL" : enough ? "PASS" : "VACUOUS",
      figure: hits.length > 0 ? hits.length : surfaces.length,
      unit: hits.length > 0 ? "hits" : "surfaces",
      detail: [
        `${surfaces.length} surfaces of ${read} bytes, ${ENCODINGS.length} encodings, ${JSON.stringify(met)}, seed ${sizing.seed}`,
        ...[...hits, ...blind, ...commands.astray].slice(0, 40),
      ].join("\n"),
    };
  },
};

function hitsIn({ name, bytes }: Surface, scanner: Scanner): readonly string[] {
  return scanner.namesIn(bytes).map((found) => `${name}: ${found}`);
}

/** The leaks that would not be found there if they were in the midst of it. */
function blindnessOf(
  { name, bytes }: Surface,
  leak: Buffer,
  names: readonly string[],
  scanner: Scanner,
): readonly string[] {
  const middle = Math.floor(bytes.length / 2);
  const before = bytes.subarray(Math.max(0, middle - AROUND_BYTES), middle);
  const leaking = Buffer.concat([before, leak, bytes.subarray(middle, middle + AROUND_BYTES)]);
  const found = new Set(scanner.namesIn(leaking));
  return names.filter((one) => !found.has(one)).map((one) => `${name}: ${one} would not be seen`);
}
