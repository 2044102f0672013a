import fc from "fast-check";
import { expect, test } from "vitest";
import { csv, CSV_COLUMNS } from "../../src/alerts/formats/csv.ts";
import { alertOf, evidence, hostileAlert, hostileWords } from "./sample.ts";

const LOOK = { columns: 80, colour: false };

test("read back, every row has every column, and no cell starts a formula", () => {
  fc.assert(
    fc.property(hostileWords, (words) => {
      const rows = csvRows(csv.contentFor([hostileAlert(words), alertOf(evidence(3))], LOOK));
      expect(rows).toHaveLength(3);
      expect(rows[0]).toEqual(Object.keys(CSV_COLUMNS));
      for (const row of rows) {
        expect(row).toHaveLength(Object.keys(CSV_COLUMNS).length);
        for (const cell of row) expect(cell).not.toMatch(/^[=+\-@\t\r]/);
      }
    }),
  );
});

test("a row, by the names of its columns", () => {
  const [header, row] = csvRows(csv.contentFor([alertOf(evidence(3))], LOOK));
  expect(Object.fromEntries(header!.map((name, at) => [name, row![at]]))).toMatchInlineSnapshot(`
    {
      "account": "111122223333",
      "attack": "T1199 T1078.004",
      "calls": "3",
      "detector": "source-elsewhere",
      "eventIds": "event-1 event-2 event-3",
      "evidence": "{"addresses":["203.0.113.9"]}",
      "firstSeen": "2026-11-20T10:00:00Z",
      "id": "dw-65bc9635447f623c37b3845649e09a5c",
      "lastSeen": "2026-11-20T10:00:02Z",
      "principal.arn": "arn:aws:sts::999988887777:assumed-role/integration-scanner/scan-1",
      "principal.credential": "…4KQ7",
      "principal.sessionName": "scan-1",
      "principal.type": "AssumedRole",
      "roleArn": "arn:aws:iam::111122223333:role/Vendor-7f3a",
      "severity": "high",
      "source.address": "203.0.113.9",
      "source.kind": "ip",
      "source.place": "outside",
      "source.userAgent": "Boto3/1.40.1 md/Botocore#1.40.1 ua/2.1 os/linux#6.1 md/arch#x86_64",
      "source.vpcEndpointId": "",
      "summary": "The scanner role was used from 203.0.113.9, which the vendor does not own.",
      "suppressed.owner": "",
      "suppressed.reason": "",
      "suppressed.until": "",
      "tenant": "acme",
      "title": "Outbound role used from an address that is not the vendor's",
      "versions.baseline": "",
      "versions.config": "c0ffee",
      "versions.product": "0.1.0",
      "versions.ranges": "2026-11-20",
      "window.end": "",
      "window.start": "",
      "workload": "scanner",
    }
  `);
});

/** RFC 4180 as a spreadsheet reads it, every cell quoted. */
function csvRows(content: string): string[][] {
  const rows: string[][] = [[]];
  for (let rest = content; rest !== "";) {
    const cell = /^"((?:[^"]|"")*)"(,|\r\n)/.exec(rest);
    if (cell === null) throw new Error(`not a CSV cell: ${rest.slice(0, 40)}`);
    rows.at(-1)!.push(cell[1]!.replaceAll('""', '"'));
    rest = rest.slice(cell[0].length);
    if (cell[2] === "\r\n" && rest !== "") rows.push([]);
  }
  return rows;
}
