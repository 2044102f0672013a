import { fileDocument } from "../sources/directory.ts";
import type { Document } from "../sources/source.ts";

/** A list of files that several threads read together: each takes the next one that nobody has taken. */
export interface FileList {
  readonly files: readonly string[];
  /** How many are taken, in memory that the threads share. */
  readonly taken: Int32Array;
}

export function* filesFrom({ files, taken }: FileList): Generator<Document> {
  for (;;) {
    const file = files[Atomics.add(taken, 0, 1)];
    if (file === undefined) return;
    yield fileDocument(file);
  }
}
