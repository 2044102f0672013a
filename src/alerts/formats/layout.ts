/**
 * Words laid out in lines of at most `columns` characters. A word that is longer stays whole on a line of its own: an
 * ARN or a URL that was cut can be neither copied nor searched for.
 */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ").filter((part) => part !== "")) {
    if (line !== "" && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return line === "" ? lines : [...lines, line];
}

/** A label in a column of `labelColumns`, indented by two, and beside it its lines, each wrapped within `columns`. */
export function labelled(label: string, lines: readonly string[], labelColumns: number, columns: number): string[] {
  return lines
    .flatMap((line) => wrap(line, columns - labelColumns - 2))
    .map((line, at) => `  ${(at === 0 ? label : "").padEnd(labelColumns)}${line}`);
}

/** `1. …`, `2. …`: numbered, wrapped within `columns`, with the text hanging behind the numbers. */
export function numbered(items: readonly string[], columns: number): string[] {
  return items.flatMap((item, at) => {
    const number = `${at + 1}. `;
    return wrap(item, columns - number.length).map(
      (line, lineAt) => (lineAt === 0 ? number : " ".repeat(number.length)) + line,
    );
  });
}

/** A length of time in its two greatest units: `12 s`, `5 min 12 s`, `3 h 5 min`, `2 d 4 h`. Takes milliseconds. */
export function spanText(spanMs: number): string {
  const seconds = Math.round(spanMs / 1000);
  const parts = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [seconds % 60, "s"],
  ] as const;
  const greatest = parts.findIndex(([count]) => count > 0);
  if (greatest === -1) return spanMs > 0 ? "under 1 s" : "0 s";
  return parts
    .slice(greatest, greatest + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(" ");
}

/** The first few of a list and how many there are besides; no number where `total` is null, because nobody counted. */
export function someOf(values: readonly string[], shown: number, total: number | null = values.length): string {
  const few = values.slice(0, shown).join(", ");
  const rest = (total ?? values.length) - Math.min(shown, values.length);
  return rest <= 0 ? few : `${few} and ${total === null ? "more" : `${rest} more`}`;
}
