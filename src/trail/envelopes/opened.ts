/** An object that an envelope points at and that has to be fetched. */
export interface S3Object {
  readonly bucket: string;
  /** As `GetObject` wants it: never URL-encoded. */
  readonly key: string;
  /** Null where the notification does not say, as CloudTrail's own does not. */
  readonly region: string | null;
}

/** What was found inside: everything that went in is in one of the four, and nothing at all is impossible. */
export interface Opened {
  /** Candidate CloudTrail records, untouched: the decoder judges them. */
  readonly records: readonly unknown[];
  readonly objects: readonly S3Object[];
  /** Why something readable was put aside → how many of it. */
  readonly skipped: ReadonlyMap<string, number>;
  /** What could not be read. `where` and `reason` are fixed text and positions, never the bytes themselves. */
  readonly rejected: readonly { readonly where: string; readonly reason: string }[];
}

/** Why something that was understood holds no record. */
export type Aside =
  | "control message"
  | "digest file"
  | "empty list"
  | "insight"
  | "object deleted"
  | "other event"
  | "other log line"
  | "other s3 event"
  | "s3 test event"
  | "subscription message"
  | "validation message";

/** An `Opened` in the making. */
export interface Opening {
  /** Lists of records; one that arrived whole is kept whole, because copying it costs more than judging it. */
  readonly pages: (readonly unknown[])[];
  /** The last page, while it is ours to extend. */
  page: unknown[] | null;
  readonly objects: S3Object[];
  readonly skipped: Map<Aside, number>;
  readonly rejected: { where: string; reason: string }[];
  rejectedBeyondLimit: number;
  /** Bytes that may still be inflated on the way, so that a thousand small bombs weigh no more than one. */
  inflatableBytes: number;
}

/** A document with more faults than this is not a trail; the rest of them is counted in one last line. */
const LISTED_REJECTIONS = 1000;

/** An `Opening` that has seen nothing yet and may inflate this much. */
export function opening(inflatableBytes: number): Opening {
  return {
    pages: [],
    page: null,
    objects: [],
    skipped: new Map(),
    rejected: [],
    rejectedBeyondLimit: 0,
    inflatableBytes,
  };
}

/** One candidate record. */
export function keep(into: Opening, record: unknown): void {
  if (into.page === null) {
    into.page = [];
    into.pages.push(into.page);
  }
  into.page.push(record);
}

/** A list of nothing but candidate records, taken as it is and never written to. */
export function keepList(into: Opening, records: readonly unknown[]): void {
  into.pages.push(records);
  into.page = null;
}

/** Puts something aside that was understood. */
export function skip(into: Opening, reason: Aside): void {
  into.skipped.set(reason, (into.skipped.get(reason) ?? 0) + 1);
}

/** Notes something that could not be read; `where` is a path such as `line 3: Records[0].body`, empty for all of it. */
export function reject(into: Opening, where: string, reason: string): void {
  if (into.rejected.length < LISTED_REJECTIONS) into.rejected.push({ where: where || "document", reason });
  else into.rejectedBeyondLimit++;
}

/** Closes the account. */
export function opened({ pages, objects, skipped, rejected, rejectedBeyondLimit }: Opening): Opened {
  const [only, ...more] = pages;
  if (rejectedBeyondLimit > 0) {
    rejected.push({ where: "document", reason: `${rejectedBeyondLimit} more parts that cannot be read` });
  }
  return { records: more.length === 0 ? (only ?? []) : pages.flat(), objects, skipped, rejected };
}
