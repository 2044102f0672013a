import { writeFile } from "node:fs/promises";
import { DETECTORS } from "../src/detectors/index.ts";
import { renderDetectors } from "./render-detectors.ts";

await writeFile(new URL("../docs/detectors.md", import.meta.url), await renderDetectors(DETECTORS));
