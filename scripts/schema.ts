import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { format, resolveConfig } from "prettier";
import * as z from "zod";
import { configurationSchema } from "../src/config/schema.ts";

/** The published JSON Schema, which editors check a deputywatch.yaml with. */
export const SCHEMA_FILE = fileURLToPath(new URL("../deputywatch.schema.json", import.meta.url));

/** What the file must hold: the schema of what a user writes, before defaults. */
export async function schemaText(): Promise<string> {
  const schema = JSON.stringify(z.toJSONSchema(configurationSchema, { io: "input" }));
  return format(schema, { ...(await resolveConfig(SCHEMA_FILE)), filepath: SCHEMA_FILE });
}

if (import.meta.main) await writeFile(SCHEMA_FILE, await schemaText());
