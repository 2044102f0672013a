import { execFile } from "node:child_process";
import { chmod, readdir, readFile, rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const HANDLERS = join(ROOT, "handlers");

/** Some of what is bundled is CommonJS and asks for Node's modules by `require`, which an ES module has not. */
const REQUIRE = `import { createRequire } from "node:module"; const require = createRequire(import.meta.url);`;

/**
 * `node scripts/build.ts [FOLDER]`: the command line and the Lambda functions, as they are published and deployed, in
 * FOLDER (`dist`), which is removed first. Says how large each is.
 */
const out = resolve(process.argv[2] ?? join(ROOT, "dist"));
await rm(out, { recursive: true, force: true });
await compile();
await bundle();

const main = join(out, "cli", "main.js");
await chmod(main, 0o755);
console.log(`${kilobytes(await sizeOf(out, ".js"))} command line, ${main}`);
for (const name of await readdir(join(out, "handlers"))) {
  const file = join(out, "handlers", name);
  console.log(`${kilobytes((await stat(file)).size)} function, ${file}`);
}

/** The compiler as a process of its own: what it has to say goes through, and a fault ends the build. */
async function compile(): Promise<void> {
  const compiler = join(ROOT, "node_modules", "typescript", "bin", "tsc");
  const project = join(ROOT, "tsconfig.build.json");
  try {
    await promisify(execFile)(process.execPath, [compiler, "-p", project, "--outDir", out]);
  } catch (error) {
    console.error((error as { stdout?: string }).stdout);
    throw new Error("the command line does not compile", { cause: error });
  }
}

/** One file a function, with all that it needs in it. */
async function bundle(): Promise<void> {
  const { warnings } = await build({
    entryPoints: await functions(),
    outdir: join(out, "handlers"),
    outExtension: { ".js": ".mjs" },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "node",
    target: "node24",
    mainFields: ["module", "main"],
    banner: { js: REQUIRE },
    logLevel: "warning",
  });
  if (warnings.length > 0) throw new Error(`bundling gave ${warnings.length} warnings`);
}

/** Of the files in `handlers/`, those that Lambda calls; the others are what these share. */
async function functions(): Promise<string[]> {
  const entries: string[] = [];
  for (const name of await readdir(HANDLERS)) {
    const file = join(HANDLERS, name);
    if (/^export const handler\b/m.test(await readFile(file, "utf8"))) entries.push(file);
  }
  return entries;
}

async function sizeOf(folder: string, extension: string): Promise<number> {
  const names = await readdir(folder, { recursive: true });
  const files = names.filter((name) => name.endsWith(extension));
  const sizes = await Promise.all(files.map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

function kilobytes(bytes: number): string {
  return `${Math.ceil(bytes / 1000).toLocaleString("en-US")} KB`.padStart(9);
}
