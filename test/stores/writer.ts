import { argv, stdout } from "node:process";
import { sqliteStore } from "../../src/stores/sqlite.ts";

/**
 * A process that writes into a store that others write into: `writer.ts <path> <name> <count>`. Says each number after
 * the store acknowledged it, and never before.
 */
const [, , path = "", name = "", count = "0"] = argv;
const store = sqliteStore(path);
for (let n = 0; n < Number(count); n++) {
  await store.merge(
    new Map([
      ["shared", { kind: "marks", value: new Set([`${name}-${n}`]) }],
      [`${name}/${n}`, { kind: "marks", value: new Set([String(n)]) }],
    ]),
  );
  stdout.write(`${n}\n`);
}
await store.close();
