import { basename } from "node:path";
import { PAPERS } from "../../examples/vendor/papers.ts";
import { keyFileOf } from "../../src/simulate/papers.ts";
import { sampleVendor } from "../../examples/vendor/sample.ts";
import { loadConfig, type Loaded } from "../../src/config/load.ts";
import { isMistake } from "../../src/config/mistake.ts";
import { DETECTORS } from "../../src/detectors/index.ts";
import { settingsFrom } from "../../src/pipeline/settings.ts";
import { alertsIn } from "../sim/story.ts";
import type { ScorecardTest } from "./card.ts";
import { hostileConfigurations, type Files } from "./hostile-configurations.ts";

const LEAST_CONFIGURATIONS = 40;
const NOW_MS = Date.UTC(2026, 10, 21);
const sample = sampleVendor({ seed: 39, tenants: 8, startMs: Date.UTC(2026, 10, 19), days: 2 });
const GOOD: Files = {
  [PAPERS.config]: sample.config,
  [PAPERS.tenants]: sample.tenants,
  [PAPERS.ranges]: sample.ranges,
  [PAPERS.key]: keyFileOf(sample.key),
};

/** A running process takes its configuration once and reads no other, so there is no last good one to fall back to. */
export const t39: ScorecardTest = {
  id: "T39",
  part: "E",
  title: "hostile and outdated configurations are refused by key, and each alert names the one it was made under",
  run: async () => {
    const good = await loaded(GOOD);
    const all = hostileConfigurations(NOW_MS, sample.customers[0]!.tenant);
    const faults: string[] = [];
    for (const { name, at, change } of all) {
      const error: unknown = await loaded(change(GOOD)).catch((reason: unknown) => reason);
      const place = isMistake(error) ? /^deputywatch\.yaml:\d+:\d+ (.*?): ./.exec(error.message)?.[1] : undefined;
      if (!(error instanceof Error)) faults.push(`${name}: was taken`);
      else if (place !== at)
        faults.push(`${name}: was refused for ${place ?? "no key"} and not ${at}: ${error.message}`);
    }
    const refused = all.length - faults.length;
    const alerts = await versionsUnder(good);
    const version = good.vendor.versions.config;
    if (alerts.some((named) => named !== version)) faults.push("an alert does not name its configuration's version");
    const other = await loaded({ ...GOOD, [PAPERS.config]: sample.config.replaceAll("perTarget: 1", "perTarget: 2") });
    if (other.vendor.versions.config === version) faults.push("two configurations have one version");
    return {
      verdict:
        faults.length > 0 ? "FAIL" : all.length >= LEAST_CONFIGURATIONS && alerts.length > 0 ? "PASS" : "VACUOUS",
      figure: refused,
      unit: "refused",
      detail: [
        `of ${all.length}; ${alerts.length} alerts name the version; a running process reloads no configuration`,
        ...faults,
      ].join("\n"),
    };
  },
};

function loaded(files: Files): Promise<Loaded> {
  return loadConfig(PAPERS.config, {
    nowMs: NOW_MS,
    env: {},
    detectorIds: DETECTORS.map(({ id }) => id),
    readFile: (path) => {
      const text = files[basename(path)];
      const missing = Object.assign(new Error("no such file"), { code: "ENOENT" });
      return text === undefined ? Promise.reject(missing) : Promise.resolve(text);
    },
  });
}

/** The configuration's version on each alert of the sample. */
async function versionsUnder(configuration: Loaded): Promise<readonly string[]> {
  const settings = settingsFrom(configuration, DETECTORS, sample.key);
  const alerts = await alertsIn(
    sample.records.map((record) => JSON.stringify(record)),
    settings,
  );
  return [...alerts.values()].map(
    ({ bytes }) => (JSON.parse(bytes) as { versions: { config: string } }).versions.config,
  );
}
