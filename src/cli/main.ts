#!/usr/bin/env node
/** The entry. What needs a new Node is imported only once this Node is known to be one. */
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 13)) {
  process.stderr.write(`deputywatch needs Node 22.13 or newer, and this is ${process.versions.node}.\n`);
  process.exitCode = 2;
} else {
  // Compiled once and kept, beside other programs' of this Node: half of what a short command takes is loading itself.
  (await import("node:module")).enableCompileCache();
  const [{ nodeTerminal }, { run }] = await Promise.all([import("./node-terminal.ts"), import("./run.ts")]);
  const args = process.argv.slice(2);
  process.exitCode = await run(args, nodeTerminal(!args.includes("--no-color")));
}

export {};
