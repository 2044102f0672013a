import { promised } from "../memory.ts";
import { turnOf, type Announcement, type Outbox } from "./outbox.ts";

interface Entry {
  readonly announced: Announcement;
  readonly told: Map<string, number>;
  readonly due: boolean;
}

/** An outbox for as long as the process lives: trials, tests. */
export function memoryOutbox(): Outbox {
  const entries = new Map<string, Entry>();
  return {
    announce: (list) =>
      promised(() => {
        for (const announced of list) {
          const known = entries.get(announced.id);
          if (known !== undefined && known.announced.reached >= announced.reached) continue;
          entries.set(announced.id, { announced, told: known?.told ?? new Map<string, number>(), due: true });
        }
      }),
    pending: ({ after, limit }) =>
      promised(() => {
        const due = [...entries.values()]
          .filter((entry) => entry.due)
          .map(({ announced, told }) => ({ turn: turnOf(announced), announced, told }))
          .filter(({ turn }) => after === null || turn > after)
          .sort((a, b) => (a.turn < b.turn ? -1 : 1));
        const page = due.slice(0, limit);
        return {
          entries: page.map(({ announced, told }) => ({ ...announced, told: new Map(told) })),
          next: due.length > page.length ? (page.at(-1)?.turn ?? null) : null,
        };
      }),
    told: (id, channel, reached) =>
      promised(() => {
        const told = entries.get(id)?.told;
        told?.set(channel, Math.max(reached, told.get(channel) ?? reached));
      }),
    complete: (id, reached) =>
      promised(() => {
        const entry = entries.get(id);
        if (entry !== undefined && entry.announced.reached <= reached) entries.set(id, { ...entry, due: false });
      }),
    close: () => promised(() => undefined),
  };
}
