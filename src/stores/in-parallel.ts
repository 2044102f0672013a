/**
 * Does the work for each, so many at a time, and answers in their order. After a failure nothing more is begun, and it
 * rejects when all that was begun has ended.
 */
export async function inParallel<T, R>(
  all: readonly T[],
  atOnce: number,
  work: (one: T) => Promise<R>,
): Promise<readonly R[]> {
  const answers: R[] = [];
  const waiting = all.entries();
  let failed = false;
  const worker = async (): Promise<void> => {
    for (const [at, one] of waiting) {
      if (failed) return;
      try {
        answers[at] = await work(one);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: Math.min(atOnce, all.length) }, worker));
  const failure = ended.find(({ status }) => status === "rejected");
  if (failure?.status === "rejected") throw failure.reason;
  return answers;
}
