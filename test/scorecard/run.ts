import { readArguments, USAGE } from "./arguments.ts";
import { play } from "./play.ts";
import { TESTS } from "./tests.ts";

/** `npm run scorecard`: the reliability bar, a line a test. */
const asked = readArguments(process.argv.slice(2), TESTS);
switch (asked.kind) {
  case "help":
    process.stdout.write(USAGE);
    break;
  case "mistake":
    console.error(asked.sentence);
    process.exitCode = 2;
    break;
  case "run": {
    const passed = await play(asked.tests, asked.sizing, {
      out: (line) => {
        console.log(line);
      },
      err: (line) => {
        console.error(line);
      },
      nowMs: () => performance.now(),
    });
    process.exitCode = passed ? 0 : 1;
  }
}
