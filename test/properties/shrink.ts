/**
 * Leaves out of a failing list whatever it fails without: halves first, then smaller parts, down to single items. The
 * `tries` are bounded, so that a slow property still tells its counterexample soon.
 */
export async function shrunk<T>(
  items: readonly T[],
  fails: (fewer: readonly T[]) => Promise<boolean>,
  tries = 400,
): Promise<readonly T[]> {
  let kept = items;
  let left = tries;
  for (let size = Math.ceil(items.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < kept.length && left > 0; left--) {
      const fewer = kept.toSpliced(at, size);
      if (await fails(fewer)) kept = fewer;
      else at += size;
    }
  }
  return kept;
}
