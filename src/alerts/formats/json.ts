import { escapeJson } from "../escape.ts";
import type { Format } from "./format.ts";

/** One array, indented: for people with an editor, and for `jq`. */
export const json: Format = {
  name: "json",
  contentFor: (alerts) => `${escapeJson(JSON.stringify(alerts, null, 2))}\n`,
};

/** One alert a line, as SNS carries it: for pipes and log shippers. @see https://github.com/ndjson/ndjson-spec */
export const ndjson: Format = {
  name: "ndjson",
  contentFor: (alerts) => alerts.map((alert) => `${escapeJson(JSON.stringify(alert))}\n`).join(""),
};
