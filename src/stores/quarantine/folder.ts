import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileNameOf, noteOf, type Quarantine } from "./quarantine.ts";

/**
 * A folder, made when it is first needed: `<id>.json` says what and why, `<id>.body` is what came. Only the owner may
 * read them. A file appears whole or not at all, and the note after the body that it names.
 */
export function folderQuarantine(folder: string): Quarantine {
  const put = async (name: string, content: string): Promise<void> => {
    const path = join(folder, name);
    await writeFile(`${path}.part`, content, { mode: 0o600, flush: true });
    await rename(`${path}.part`, path);
  };
  return {
    keep: async (item) => {
      const name = fileNameOf(item.id);
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        if (item.body !== null) await put(`${name}.body`, item.body);
        await put(`${name}.json`, noteOf(item, `${name}.body`));
      } catch (cause) {
        throw new Error(`the quarantine ${folder} took nothing`, { cause });
      }
    },
  };
}
