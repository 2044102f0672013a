import { soak } from "./soak.ts";

/** `node test/soak/run.ts [EVENTS [KILLS [CALM_SECONDS [SEED]]]]`: one soak by itself, with all its figures. */
const [events = 10_000, kills = 6, calmSeconds = 25, seed = 1] = process.argv.slice(2).map(Number);
const soaked = await soak({ events, kills, calmMs: calmSeconds * 1000, seed }, (line) => {
  console.error(line);
});
console.log(JSON.stringify(soaked, null, 2));
