import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { explainCommand } from "../../src/cli/commands/explain.ts";
import { isMistake } from "../../src/config/mistake.ts";
import { nearest } from "../../src/config/nearest.ts";
import { DETECTORS } from "../../src/detectors/index.ts";
import type { Detector } from "../../src/detectors/detector.ts";
import { renderDetectors } from "../../scripts/render-detectors.ts";
import { elsewhere } from "../alerts/sample.ts";
import { screen } from "./screen.ts";

const sweep: Detector = {
  ...elsewhere,
  id: "tenant-sweep",
  title: "Many customers | entered at once",
  severity: "critical",
  judges: "window",
  remembers: { name: "targets", note: () => undefined },
  judge: () => [],
};

async function explain(...words: string[]): Promise<{ out: string; codes: number[] }> {
  const here = screen();
  const codes: number[] = [];
  const command = explainCommand(here, (code) => codes.push(code), [elsewhere, sweep]);
  await command.parseAsync(words, { from: "user" });
  return { out: here.written.out, codes };
}

async function hintFor(id: string): Promise<string> {
  try {
    await explain(id);
  } catch (error) {
    if (isMistake(error)) return `${error.message} / ${error.hint ?? ""}`;
    throw error;
  }
  throw new Error("was explained");
}

test("a detector is explained: why, what it looks at, what it cannot see, what to do, and where to check", async () => {
  const { out, codes } = await explain("source-elsewhere");
  expect(codes).toEqual([0]);
  expect(out).toMatchInlineSnapshot(`
    "source-elsewhere [high]
    Outbound role used from an address that is not the vendor's

    Why it matters
      The vendor's workloads call from the vendor's addresses. A call from another
      one means that credentials left home.

    Looks at
      Each call by itself; it remembers nothing.

    Cannot see
      Credentials used from inside the vendor's own network.

    First questions
      1. Revoke the role's active sessions; which workload did the session belong
         to?
      2. Is the address a new NAT gateway? Ask whoever owns the network, then add it
         to the published ranges.

    Fires
      - one call from a hosting provider

    Stays quiet
      - a call from the published range

    ATT&CK
      T1199      https://attack.mitre.org/versions/v17/techniques/T1199/
      T1078.004  https://attack.mitre.org/versions/v17/techniques/T1078/004/

    Sources
      https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
    "
  `);
});

test("without a name, every detector has its line", async () => {
  expect(await explain()).toMatchInlineSnapshot(`
    {
      "codes": [
        0,
      ],
      "out": "source-elsewhere  high      Outbound role used from an address that is not the vendor's
    tenant-sweep      critical  Many customers | entered at once
    ",
    }
  `);
});

test("a misspelt name gets the nearest one, a stranger the list, an alert's id the way on", async () => {
  expect(await hintFor("tenant-sweeps")).toBe('no detector is called "tenant-sweeps" / did you mean tenant-sweep?');
  expect(await hintFor("zzz")).toBe('no detector is called "zzz" / `deputywatch explain` lists them all');
  expect(await hintFor("\u{1b}[2J")).toContain("\\u{1b}[2J");
  expect(await hintFor(`dw-${"0".repeat(32)}`)).toMatch(/is an alert's id.*look for `detector` in the alert/);
});

test.each([
  ["call-brust", "call-burst"],
  ["callburst", "call-burst"],
  ["CALL-BURST", "call-burst"],
  ["calls-burst", "call-burst"],
  ["call-bursr", "call-burst"],
  ["acll-burst", "call-burst"],
  ["wrong-regoin", "wrong-region"],
  ["region", null],
  ["", null],
])("of what %j may have meant, the nearest is %j", (word, meant) => {
  expect(nearest(word, ["call-burst", "tenant-sweep", "wrong-region"])).toBe(meant);
});

test("the page of detectors has a table, a section each, and text that Markdown leaves alone", async () => {
  const page = await renderDetectors([{ ...sweep, why: "Roles *named* scan_* and <tenant>." }]);
  expect(page).toMatchInlineSnapshot(`
    "# Detectors

    <!-- Written by \`npm run docs\` from the detectors themselves: change them, not this page. -->

    What each detector looks for, why, and what it cannot see. \`deputywatch explain <detector>\` says the same.

    | detector                        | severity | what its alert says               | ATT&CK           |
    | ------------------------------- | -------- | --------------------------------- | ---------------- |
    | [\`tenant-sweep\`](#tenant-sweep) | critical | Many customers \\| entered at once | T1199, T1078.004 |

    ## tenant-sweep

    **Many customers | entered at once.** Severity critical, version 1, [T1199](https://attack.mitre.org/versions/v17/techniques/T1199/), [T1078.004](https://attack.mitre.org/versions/v17/techniques/T1078/004/).

    Roles \\*named\\* scan\\_\\* and \\<tenant\\>.

    **Looks at.** One subject's calls in sliding windows of event time; it remembers distinct calls and targets (memory \`targets\`).

    **Cannot see.** Credentials used from inside the vendor's own network.

    **First questions**

    1. Revoke the role's active sessions; which workload did the session belong to?
    2. Is the address a new NAT gateway? Ask whoever owns the network, then add it to the published ranges.

    **Fires**

    - one call from a hosting provider

    **Stays quiet**

    - a call from the published range

    **Sources**

    - <https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html>
    "
  `);
});

test("docs/detectors.md is what the detectors say; after a change to one, run `npm run docs`", async () => {
  const page = await readFile(new URL("../../docs/detectors.md", import.meta.url), "utf8");
  expect(page).toBe(await renderDetectors(DETECTORS));
});
