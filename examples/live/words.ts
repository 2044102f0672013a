import { styleText } from "node:util";
import type { Alert } from "../../src/alerts/alert.ts";
import type { TenantAlert } from "../../src/alerts/redact.ts";
import { escapeText } from "../../src/alerts/escape.ts";
import { labelled, wrap } from "../../src/alerts/formats/layout.ts";
import type { Terminal } from "../../src/cli/terminal.ts";

/** What the demonstration says, line by line, to standard output. */
export interface Voice {
  readonly heading: (text: string) => void;
  /** One thing that is being done or was counted, under a label. */
  readonly fact: (label: string, text: string) => void;
  readonly line: (text?: string) => void;
  /** Text that is laid out already. */
  readonly block: (text: string) => void;
  /** An alert in a line for the eye and one or two to read; `aside` is about its arrival. */
  readonly alert: (alert: Alert | TenantAlert, aside: string) => void;
  /** Resolves when all of it is written. */
  readonly said: () => Promise<void>;
}

const LABEL_COLUMNS = 11;
const COLOURS = { low: "cyan", medium: "yellow", high: "red", critical: "redBright" } as const;

export function voiceOn({ out, colour, columns }: Terminal): Voice {
  let written: Promise<void> = Promise.resolve();
  const block = (text: string): void => {
    written = written.then(() => out(text));
  };
  const line = (text = ""): void => {
    block(`${text}\n`);
  };
  const styled = (style: Parameters<typeof styleText>[0], text: string): string =>
    colour.out ? styleText(style, text, { validateStream: false }) : text;
  return {
    block,
    line,
    heading: (text) => {
      line(`\n${styled("bold", text)}\n`);
    },
    fact: (label, text) => {
      for (const each of labelled(label, [text], LABEL_COLUMNS, columns)) line(each);
    },
    alert: (alert, aside) => {
      const { severity, detector, firstSeen, summary } = alert;
      const when = firstSeen.slice(5, 16).replace("T", " ");
      const tag = styled(COLOURS[severity], severity.toUpperCase().padEnd(9));
      line(`  ${when}  ${tag}${styled("bold", detector)}  ${styled("dim", aside)}`);
      for (const each of wrap(escapeText(summary), columns - 15)) line(`               ${each}`);
    },
    said: () => written,
  };
}
