import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { gzipSync } from 'node:zlib'
import { defineConfig, type Options } from 'tsup'

type Plugin = NonNullable<Options['esbuildPlugins']>[number]
type Build = Parameters<Plugin['setup']>[0]

/**
 * Files of libraries that only some commands need, with the modules in each. All other packages go into `burn.cjs`. A module is evaluated when
 * it is asked for first, so a file may hold several.
 */
const LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  ajv: ['ajv', 'ajv/dist/2019.js', 'ajv/dist/2020.js'],
  clack: ['@clack/prompts'],
  grpc: ['@grpc/grpc-js', '@grpc/proto-loader', 'protobufjs', 'protobufjs/ext/descriptor'],
  cel: ['@marcbachmann/cel-js'],
  cookies: ['tough-cookie'],
  dotenvx: ['@dotenvx/primitives'],
  jose: ['jose'],
  mqtt: ['mqtt', 'mqtt-packet'],
  parquet: ['hyparquet-writer'],
  pino: ['pino'],
  re2: ['re2js'],
  undici: ['undici'],
  ws: ['ws'],
}

const FILE_OF = new Map(Object.entries(LIBRARIES).flatMap(([file, modules]) => modules.map((name) => [name, file])))

/** Puts the libraries into files of their own, which load when the code that imports them runs. */
const libraries: Plugin = {
  name: 'libraries',
  setup(build) {
    for (const file of Object.keys(LIBRARIES))
      Object.assign(build.initialOptions.entryPoints ?? {}, { [file]: `library:${file}` })
    build.onResolve({ filter: /^library:/ }, ({ path }) => ({ path: path.slice('library:'.length), namespace: 'library' }))
    build.onLoad({ filter: /./, namespace: 'library' }, ({ path }) => {
      const getters = LIBRARIES[path]?.map((name) => `get ${JSON.stringify(name)}() { return require(${JSON.stringify(name)}) }`)
      return { contents: `module.exports = { ${getters?.join(', ')} }`, resolveDir: import.meta.dirname }
    })
    build.onResolve({ filter: /^[^.]/ }, ({ path, namespace }) =>
      namespace === 'library' || !FILE_OF.has(path) ? undefined : { path, namespace: 'elsewhere' },
    )
    build.onLoad({ filter: /./, namespace: 'elsewhere' }, ({ path }) => ({
      contents: `module.exports = require('./${FILE_OF.get(path)}.cjs')[${JSON.stringify(path)}]`,
    }))
    build.onResolve({ filter: /^\.\/[\w-]+\.cjs$/, namespace: 'elsewhere' }, ({ path }) => ({ path, external: true }))
  },
}

/** What libraries bring along and burn never uses: zod's messages in fifty languages and its reader of JSON Schema, and all of Handlebars but its parser. */
const unused: Plugin = {
  name: 'unused',
  setup(build) {
    build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js'",
    }))
    build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]classic[\\/]from-json-schema\.js$/ }, () => ({
      contents: 'export const fromJSONSchema = undefined',
    }))
    build.onResolve({ filter: /^handlebars$/ }, ({ resolveDir }) =>
      build.resolve('handlebars/dist/cjs/handlebars/compiler/base.js', { resolveDir, kind: 'require-call' }),
    )
  },
}

/** Sources are ECMAScript modules, what is built of them is not: Node loads that in half the time, and a module of Node only when it is needed. */
const commonJs: Plugin = {
  name: 'common-js',
  setup(build) {
    build.onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path }) => ({
      loader: 'ts',
      contents: readFileSync(path, 'utf8')
        // A plain `require` is bundled; one that is made is not.
        .replace(/^const require = createRequire\(import\.meta\.url\)$/m, '')
        .replaceAll('import.meta.url', "require('node:url').pathToFileURL(__filename).href"),
    }))
  },
}

/** Modules of Node that take long to load and that most commands import without a use for them. */
const SLOW =
  /=\s*([\w$]+\(\s*)?require\(\s*"node:(child_process|crypto|dns|fs\/promises|http2|tls|worker_threads)"\s*\)(?:\s*,\s*1\s*\))?/g
const STRICT = '"use strict";'
/** Stands for a module of Node, which it loads when something of it is used. */
const LAZY = `const lazyModule = name => { let all; return new Proxy({}, { get(_, key) { all ??= require(name); return key === 'default' ? all : all[key] } }) };`

/**
 * Loads slow modules of Node when they are used: in the built text an import is a call of `require` at the start of the module that has it.
 * What is imported by its address, a plugin, is left to the loader in `compiled.ts`.
 */
const lazyModules: Plugin = {
  name: 'lazy-modules',
  setup(build) {
    build.onEnd(({ outputFiles = [] }) => {
      const main = outputFiles.find(({ path }) => path.endsWith('burn.cjs'))
      if (main)
        main.contents = Buffer.from(
          main.text
            .replace(STRICT, `${STRICT}${LAZY}`)
            .replace(SLOW, '=lazyModule("node:$2")')
            .replace(/\bimport\(/g, 'importModule('),
        )
    })
  },
}

/**
 * Shortens the names of variables and functions, so that Node loads `burn.cjs` in a tenth less time. `burn.cjs.map.gz` beside it tells where in the
 * sources each place is: the text about a bug in burn is written with it. `BURN_BUILD=readable npm run build` keeps the names, for profiles.
 */
const shortNames: Plugin = {
  name: 'short-names',
  setup(build) {
    if (process.env.BURN_BUILD === 'readable') return
    build.initialOptions.sourcemap = 'external'
    build.initialOptions.sourcesContent = false
    build.initialOptions.minifyIdentifiers = true
    build.onEnd(({ outputFiles = [] }) => {
      const map = outputFiles.find(({ path }) => path.endsWith('burn.cjs.map'))
      outputFiles.splice(0, Number.POSITIVE_INFINITY, ...outputFiles.filter(({ path }) => !path.endsWith('.map')))
      if (!map) return
      const all = JSON.parse(map.text)
      const sources = all.sources.map((source: string) =>
        source.startsWith('.') ? relative('.', join(map.path, '..', source)) : source,
      )
      writeFileSync(join(outFolder(build), 'burn.cjs.map.gz'), gzipSync(JSON.stringify({ ...all, sources })))
    })
  },
}

/** Writes what is not ASCII as escapes, also in patterns: V8 keeps such a text with one byte per character, and it is read without decoding. */
const ascii: Plugin = {
  name: 'ascii',
  setup(build) {
    build.initialOptions.charset = 'ascii'
    build.onEnd(({ outputFiles = [] }) => {
      for (const file of outputFiles) {
        const text = file.text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
        file.contents = Buffer.from(text)
      }
    })
  },
}

/** Matches the folder of a package in the path of one of its files. */
const PACKAGE = /^((?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+)\//gm

/** Writes the licences of all packages in the built files beside these, and a list of the packages (SBOM). */
const licences: Plugin = {
  name: 'licences',
  setup(build) {
    build.initialOptions.metafile = true
    build.onEnd(({ metafile }) => {
      const used = Object.entries(metafile?.outputs ?? {}).flatMap(([file, { inputs }]) =>
        Array.from(Object.keys(inputs).join('\n').matchAll(PACKAGE), ([, folder = '']) => ({ folder, file: basename(file) })),
      )
      const all = [...new Set(used.map(({ folder }) => folder))].sort()
      const texts = all.map((folder) => `${nameOf(folder)}\n\n${licenceOf(folder)}`)
      const out = outFolder(build)
      writeFileSync(join(out, 'LICENSES.txt'), [...new Set(texts)].join(`\n${'-'.repeat(80)}\n\n`))
      writeFileSync(join(out, 'sbom.cdx.json'), `${JSON.stringify(billOf(used), null, 2)}\n`)
    })
  },
}

/** Makes the folder of the built files and returns its path. */
function outFolder({ initialOptions: { outdir = 'dist' } }: Build): string {
  mkdirSync(outdir, { recursive: true })
  return outdir
}

interface Package {
  readonly name: string
  readonly version: string
  readonly license?: string
}

const packageIn = (folder: string) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Package

function nameOf(folder: string): string {
  const { name, version } = packageIn(folder)
  return `${name} ${version}`
}

/**
 * A CycloneDX list of what is in the built files, with the files that each library is in. `npm sbom` would list the tools as well, or, without them,
 * nothing: burn has no dependencies.
 */
function billOf(used: readonly { readonly folder: string; readonly file: string }[]): object {
  const component = ({ name, version, license }: Package, type: string) => {
    const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`
    const licenses = license === undefined ? {} : { licenses: [{ expression: license }] }
    return { type, 'bom-ref': purl, name, version, purl, ...licenses }
  }
  const components = Array.from(
    Map.groupBy(
      used.toSorted((one, other) => (one.folder < other.folder ? -1 : 1)),
      ({ folder }) => nameOf(folder),
    ),
    ([, [first, ...others]]) => {
      const files = new Set([first, ...others].map((one) => one?.file))
      return {
        ...component(packageIn(first?.folder ?? ''), 'library'),
        properties: [{ name: 'burn:files', value: [...files].join(' ') }],
      }
    },
  )
  const metadata = { component: component(packageIn('.'), 'application') }
  return { bomFormat: 'CycloneDX', specVersion: '1.5', version: 1, metadata, components }
}

function licenceOf(folder: string): string {
  const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name))
  if (!file || !existsSync(join(folder, file))) throw new Error(`${folder} has no licence to go with the bundle`)
  return readFileSync(join(folder, file), 'utf8')
}

export default defineConfig({
  entry: { burn: 'src/cli/main.ts', start: 'src/cli/start.ts', 'mock-worker': 'src/cli/mock-worker.ts' },
  outDir: 'dist',
  format: 'cjs',
  target: 'node22',
  platform: 'node',
  splitting: false,
  clean: true,
  dts: false,
  removeNodeProtocol: false,
  noExternal: [/./],
  esbuildPlugins: [libraries, unused, commonJs, lazyModules, shortNames, ascii, licences],
  esbuildOptions(options) {
    options.legalComments = 'none'
    options.minifySyntax = true
    options.minifyWhitespace = true
    options.lineLimit = 160
  },
})
