import { sqliteFile } from "../sqlite-file.ts";
import { turnOf, type Announcement, type Outbox, type Pending } from "./outbox.ts";

/**
 * An outbox in the file of a machine's memory: what `announce` acknowledged survives a crash and a loss of power, and
 * several processes may share it. Throws a mistake where the path cannot hold it.
 */
export function sqliteOutbox(path: string): Outbox {
  const { db, working, atomically } = sqliteFile(path);
  const announce = db.prepare(
    `INSERT INTO outbox VALUES (?, ?, ?, 1, ?) ON CONFLICT (id) DO UPDATE
     SET turn = excluded.turn, reached = excluded.reached, due = 1, announced = excluded.announced
     WHERE excluded.reached > outbox.reached`,
  );
  const due = db.prepare("SELECT turn, announced FROM outbox WHERE due = 1 AND turn > ? ORDER BY turn LIMIT ?");
  const heard = db.prepare("SELECT channel, reached FROM told WHERE id = ?");
  const told = db.prepare(
    `INSERT INTO told SELECT id, ?, ? FROM outbox WHERE id = ? ON CONFLICT (id, channel) DO UPDATE
     SET reached = excluded.reached WHERE excluded.reached > told.reached`,
  );
  const complete = db.prepare("UPDATE outbox SET due = 0 WHERE id = ? AND reached <= ? AND due = 1");

  const pendingOf = (text: string): Pending => {
    const announced = JSON.parse(text) as Announcement;
    const rows = heard.all(announced.id) as unknown as readonly { channel: string; reached: number }[];
    return { ...announced, told: new Map(rows.map(({ channel, reached }) => [channel, reached])) };
  };

  return {
    announce: (list) =>
      working(() => {
        atomically(() => {
          for (const one of list) announce.run(one.id, turnOf(one), one.reached, textOf(one));
        });
      }),
    pending: ({ after, limit }) =>
      working(() => {
        const rows = due.all(after ?? "", limit + 1) as unknown as readonly { turn: string; announced: string }[];
        const page = rows.slice(0, limit);
        return {
          entries: page.map(({ announced }) => pendingOf(announced)),
          next: rows.length > page.length ? (page.at(-1)?.turn ?? null) : null,
        };
      }),
    told: (id, channel, reached) =>
      working(() => {
        told.run(channel, reached, id);
      }),
    complete: (id, reached) =>
      working(() => {
        complete.run(id, reached);
      }),
    close: () =>
      working(() => {
        db.close();
      }),
  };
}

/** Field by field: a caller's value may hold more than an announcement. */
function textOf({ id, severity, reached, alert }: Announcement): string {
  return JSON.stringify({ id, severity, reached, alert });
}
