#!/usr/bin/env node
// Plain JavaScript that any Node can parse: it must be able to say that this Node is too old.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 19)) {
  process.stderr.write(
    `burn needs Node 22.19 or newer, this is ${process.versions.node}. Get one from https://nodejs.org; for a single command: npx --yes --package node@24 -- burn …\n`,
  )
  process.exit(2)
}
// No key of a scenario, a data file or a reply may reach the prototype of all objects; `--disable-proto=delete` does the same.
Reflect.deleteProperty(Object.prototype, '__proto__')
try {
  process
    .getBuiltinModule('node:module')
    .createRequire(import.meta.url)('../dist/start.cjs')
    .start(process.argv)
} catch (error) {
  process.stderr.write(`burn cannot start: run \`npm ci\` where it is installed (${error.message.split('\n')[0]})\n`)
  process.exit(2)
}
