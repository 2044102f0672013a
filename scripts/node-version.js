// Says in one sentence that this Node is too old, before a test or a demonstration fails with a stranger message.
// Scripts that npm runs find the Node 24 of devDependencies; `npm ci --ignore-scripts` and bare `npx` do not.
// Plain JavaScript, because an old Node could not even read this sentence in TypeScript.
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 13)) {
  console.error(
    `deputywatch needs Node 22.13 or newer and found ${process.versions.node}: run "npm ci" and use the npm scripts.`,
  );
  process.exit(2);
}
