import { expect, test } from "vitest";
import { progress } from "../../src/cli/progress.ts";
import { screen } from "./screen.ts";

/** What stands on the line at the end: a carriage return starts it anew, shorter text leaves the rest standing. */
function standing(err: string): string {
  const cells: string[] = [];
  for (const part of err.split("\r")) for (const [at, character] of part.split("").entries()) cells[at] = character;
  return cells.join("").trimEnd();
}

test("files, records, rate and the time left stand on one line", () => {
  const here = screen();
  const line = progress(here, { unit: "files", total: 400 });
  here.clock.nowMs += 10_000;
  line.update(100, 1_234_567);
  expect(standing(here.written.err)).toBe("[##........] 100/400 files, 30 s left  1,234,567 records, 123,457/s");
});

test("bytes are told in megabytes, and a run without a known end tells how long it has gone on", () => {
  const bytes = screen();
  const bytesLine = progress(bytes, { unit: "bytes", total: 3_400_000_000 });
  bytes.clock.nowMs += 1000;
  bytesLine.update(1_700_000_000, 5);
  expect(standing(bytes.written.err)).toBe("[#####.....] 1700.0/3400.0 MB, 1 s left  5 records, 5/s");

  const endless = screen();
  const endlessLine = progress(endless, { unit: "files", total: null });
  endless.clock.nowMs += 90_000;
  endlessLine.update(7, 9000);
  expect(standing(endless.written.err)).toBe("7 files, 1 min 30 s so far  9,000 records, 100/s");
});

test("a thousand updates in a second redraw ten times", () => {
  const here = screen();
  const line = progress(here, { unit: "files", total: 1000 });
  for (let done = 1; done <= 1000; done++) {
    here.clock.nowMs += 1;
    line.update(done, done);
  }
  expect(here.written.err.match(/\r/g)).toHaveLength(10);
});

test("the end wipes the line, however long it was, and a second end does nothing", () => {
  const here = screen();
  const line = progress(here, { unit: "files", total: 1000 });
  line.update(1, 123_456_789);
  here.clock.nowMs += 5_000_000;
  line.update(999, 5);
  expect(standing(here.written.err)).not.toContain("789");
  line.end();
  expect(standing(here.written.err)).toBe("");
  expect(here.written.err.endsWith("\r")).toBe(true);
  const { err } = here.written;
  line.end();
  expect(here.written.err).toBe(err);
});

test("the line never wraps, or it could not be redrawn", () => {
  const here = screen({ columns: 60 });
  const line = progress(here, { unit: "files", total: 1_000_000 });
  here.clock.nowMs += 100_000_000;
  line.update(123_456, 9_876_543_210);
  expect(standing(here.written.err)).toHaveLength(59);
});

test("nothing to do, a clock that stands still, and more done than promised are no trouble", () => {
  const here = screen();
  progress(here, { unit: "files", total: 0 }).update(0, 0);
  expect(standing(here.written.err)).toBe("[##########] 0/0 files, 0 s left  0 records, 0/s");
  here.written.err = "";
  progress(here, { unit: "files", total: 2 }).update(3, 9);
  expect(standing(here.written.err)).toBe("[##########] 3/2 files, 0 s left  9 records, 0/s");
});

test("where nobody looks, nothing is drawn", () => {
  const here = screen({ live: false });
  const line = progress(here, { unit: "files", total: 10 });
  line.update(5, 5);
  line.end();
  expect(here.written.err).toBe("");
});
