import { ANY_ONE, ANY_RUN, fits } from "../trust/pattern.ts";

/** A compiled glob: UTF-16 code units, and two numbers that no code unit has. */
export type GlobPattern = readonly number[];

/** `*` stands for any run of characters, the empty one too, `?` for exactly one; every other character for itself. */
export function globPattern(glob: string): GlobPattern {
  return Array.from({ length: glob.length }, (_, at) => {
    const unit = glob.charCodeAt(at);
    return unit === 0x2a ? ANY_RUN : unit === 0x3f ? ANY_ONE : unit;
  });
}

/** Whether the whole text matches, case and all. */
export function matchesPattern(pattern: GlobPattern, text: string): boolean {
  return fits(pattern, text);
}

/** Compiled once, asked at every call. */
export function compileGlob(glob: string): (text: string) => boolean {
  const pattern = globPattern(glob);
  return (text) => matchesPattern(pattern, text);
}
