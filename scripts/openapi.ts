import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { format, resolveConfig } from "prettier";
import { openApi } from "../src/api/openapi.ts";

/** The onboarding API's published description. */
export const OPENAPI_FILE = fileURLToPath(new URL("../docs/openapi.json", import.meta.url));

/** What the file must hold. */
export async function openApiText(): Promise<string> {
  return format(JSON.stringify(openApi()), { ...(await resolveConfig(OPENAPI_FILE)), filepath: OPENAPI_FILE });
}

if (import.meta.main) await writeFile(OPENAPI_FILE, await openApiText());
