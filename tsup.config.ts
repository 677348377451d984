import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig, type Options } from 'tsup'

/**
 * Small packages that nearly every command loads, some of them from a hundred files: to find and to read these one by one takes longer than
 * their work. Libraries of a protocol stay apart, so that only runs over it load them.
 */
const BUNDLED = [
  '@marcbachmann/cel-js',
  'chalk',
  'cli-table3',
  'commander',
  'eventsource-parser',
  'fastest-levenshtein',
  'handlebars',
  'json-p3',
  'p-limit',
  're2js',
  'tough-cookie',
  'yaml',
  'zod',
]

/** Writes the licences of all packages that went into the bundle beside it. */
const licences: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'licences',
  setup(build) {
    build.initialOptions.metafile = true
    build.onEnd(({ metafile }) => {
      const inputs = Object.keys(metafile?.inputs ?? {}).join('\n')
      const names = [...inputs.matchAll(/^node_modules\/((?:@[^/]+\/)?[^/]+)\//gm)].map(([, name = '']) => name)
      const texts = [...new Set(names)].sort().map((name) => `${name}\n\n${licenceOf(join('node_modules', name))}`)
      const folder = build.initialOptions.outdir ?? 'dist'
      mkdirSync(folder, { recursive: true })
      writeFileSync(join(folder, 'LICENSES.txt'), texts.join(`\n${'-'.repeat(80)}\n\n`))
    })
  },
}

function licenceOf(folder: string): string {
  const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name))
  if (!file || !existsSync(join(folder, file))) throw new Error(`${folder} has no licence to go with the bundle`)
  return readFileSync(join(folder, file), 'utf8')
}

export default defineConfig({
  entry: { main: 'src/cli/main.ts', 'mock-worker': 'src/mock/worker.ts' },
  outDir: 'dist',
  format: 'esm',
  target: 'node22',
  platform: 'node',
  splitting: true,
  clean: true,
  dts: false,
  noExternal: BUNDLED,
  // Packages of CommonJS ask for the modules of Node with `require`.
  banner: { js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);" },
  esbuildPlugins: [licences],
  esbuildOptions(options) {
    options.legalComments = 'none'
  },
})
