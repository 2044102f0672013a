/** A compiled glob: UTF-16 code units, and two numbers that no code unit has. */
export type GlobPattern = readonly number[];

const ANY_RUN = -1;
const ANY_ONE = -2;

/** `*` stands for any run of characters, the empty one too, `?` for exactly one; every other character for itself. */
export function globPattern(glob: string): GlobPattern {
  return Array.from({ length: glob.length }, (_, at) => {
    const unit = glob.charCodeAt(at);
    return unit === 0x2a ? ANY_RUN : unit === 0x3f ? ANY_ONE : unit;
  });
}

/**
 * Whether the whole text matches, case and all. Two pointers and one place to return to, the latest `*`: at worst the
 * product of both lengths, never exponential, whatever was written by the vendor or sent by an attacker.
 * @see https://research.swtch.com/glob
 */
export function matchesPattern(pattern: GlobPattern, text: string): boolean {
  let at = 0;
  let within = 0;
  let star = -1;
  let resume = 0;
  while (at < text.length) {
    const token = pattern[within];
    if (token === ANY_RUN) {
      star = within++;
      resume = at;
    } else if (token === ANY_ONE || token === text.charCodeAt(at)) {
      within++;
      at++;
    } else if (star !== -1) {
      within = star + 1;
      at = ++resume;
    } else return false;
  }
  while (pattern[within] === ANY_RUN) within++;
  return within === pattern.length;
}

/** Compiled once, asked at every call. */
export function compileGlob(glob: string): (text: string) => boolean {
  const pattern = globPattern(glob);
  return (text) => matchesPattern(pattern, text);
}
