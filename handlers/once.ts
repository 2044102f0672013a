/** Asks for something until it is had, and then keeps it: what a warm function need not make again. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let had: Promise<T> | undefined;
  return () =>
    (had ??= make().catch((error: unknown) => {
      had = undefined;
      throw error;
    }));
}
