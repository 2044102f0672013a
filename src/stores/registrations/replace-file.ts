import { open, rename, stat } from "node:fs/promises";
import { dirname } from "node:path";

const OWNERS_ONLY = 0o600;

/**
 * Puts the text in the file's place: who reads meanwhile has the old one or the new one, whole, and what is there when
 * this resolves survives a loss of power. Who may read the file stays as it was; a new one is its owner's alone.
 * @see https://man7.org/linux/man-pages/man2/fsync.2.html
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  const mode = await stat(path).then(
    (known) => known.mode & 0o777,
    () => OWNERS_ONLY,
  );
  const part = `${path}.part`;
  const file = await open(part, "w", OWNERS_ONLY);
  try {
    await file.writeFile(text);
    await file.chmod(mode);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(part, path);
  // The new name is the folder's to keep.
  const folder = await open(dirname(path), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
