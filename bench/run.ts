import { engineBench } from "./engine.ts";
import { memoryBench } from "./memory.ts";
import { rangesBench } from "./ranges.ts";
import { stateBench } from "./state.ts";
import { millionBench, replayBench } from "./replay.ts";

/** `npm run bench`: every figure of the documentation. Ratios within one run; the absolute ones depend on the machine. */
const print = (line: string): void => {
  console.log(line);
};
await replayBench(print);
await engineBench(print);
await millionBench(print);
await rangesBench(print);
await memoryBench(print);
await stateBench(print);
