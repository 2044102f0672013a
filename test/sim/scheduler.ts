/** Time that passes only when everybody waits: hours in milliseconds, and the same order at every run. */
export interface Scheduler {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Resolves when that much of its time has passed. */
  readonly sleep: (ms: number) => Promise<void>;
  /** Lets time pass until `done`, or until `untilMs`; answers whether it was done. */
  readonly run: (done: () => boolean, untilMs: number) => Promise<boolean>;
}

interface Due {
  readonly atMs: number;
  readonly order: number;
  readonly wake: () => void;
}

export function scheduler(startMs: number): Scheduler {
  const heap: Due[] = [];
  let [nowMs, order] = [startMs, 0];
  return {
    now: () => nowMs,
    sleep: (ms) =>
      new Promise((wake) => {
        push(heap, { atMs: nowMs + Math.max(0, ms), order: order++, wake });
      }),
    run: async (done, untilMs) => {
      await settled();
      while (!done()) {
        const due = pop(heap);
        if (due === undefined || due.atMs > untilMs) return false;
        nowMs = due.atMs;
        due.wake();
        await settled();
      }
      return true;
    },
  };
}

/** When every promise that can go on has gone on, and all wait again: Node's next tick comes after the last microtask. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    process.nextTick(resolve);
  });
}

function sooner(a: Due, b: Due): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

function push(heap: Due[], due: Due): void {
  let at = heap.push(due) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!sooner(due, heap[parent]!)) break;
    heap[at] = heap[parent]!;
    at = parent;
  }
  heap[at] = due;
}

function pop(heap: Due[]): Due | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return first;
  let at = 0;
  for (;;) {
    const left = 2 * at + 1;
    if (left >= heap.length) break;
    const right = left + 1;
    const child = right < heap.length && sooner(heap[right]!, heap[left]!) ? right : left;
    if (!sooner(heap[child]!, last)) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = last;
  return first;
}
