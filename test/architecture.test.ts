/** The map of the rooms, held by what the sources import: downwards only, never sideways, never in a circle. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

const SRC = join(import.meta.dirname, '..', 'src')
const MAX_LINES = 300
/** A registry grows by a few lines with each member; it may be longer than a file with a job. */
const LONGER: Readonly<Record<string, number>> = { 'metrics/groups/catalogue.ts': 400, 'cli/load/run-flags.ts': 320 }

/** Floors, from the ground up: a room may import rooms of lower floors, and its own. */
const FLOORS: readonly (readonly string[])[] = [
  ['text'],
  ['root'],
  ['language', 'records', 'statistics', 'text-metrics'],
  ['payloads'],
  ['result'],
  ['auth', 'data', 'load', 'connectors', 'dialects', 'metrics', 'faults', 'hooks', 'notify', 'observe'],
  ['export'],
  ['advice', 'anomalies', 'compare', 'merge', 'scenario', 'search'],
  ['engine', 'report', 'store', 'templates'],
  ['cli'],
]
/** Only the command line knows the mock, and the mock knows only the ground. */
const GROUND = ['text', 'root']
const MOCK = 'mock'

interface Import {
  readonly from: string
  readonly to: string
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => name.replaceAll('\\', '/'))
  .sort()
const texts = new Map(files.map((file) => [file, readFileSync(join(SRC, file), 'utf8')]))

/** `import … from '…'`, `export … from '…'`, `import '…'`, `import('…')`, `new URL('./x.ts', import.meta.url)`. */
const SPECIFIER = /(?:\bfrom\s*|\bimport\s*\(?\s*|\bnew URL\(\s*)(['"])(\.[^'"\n]*)\1/g

const withoutComments = (text: string) => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1')

function importsOf(file: string): Import[] {
  const found = withoutComments(texts.get(file) ?? '').matchAll(SPECIFIER)
  return Array.from(found, ([, , specifier = '']) => ({
    from: file,
    to: relative(SRC, resolve(SRC, dirname(file), specifier)).replaceAll('\\', '/'),
  }))
}

const imports = files.flatMap(importsOf)
/** Those that stay within the sources: package.json and the built worker do not. */
const inner = imports.filter(({ to }) => to.endsWith('.ts') && !to.startsWith('..'))

/** `connectors/http/call.ts` lies in `connectors`; so does nothing of the root. */
const roomOf = (file: string) => (file.includes('/') ? file.slice(0, file.indexOf('/')) : 'root')
const floorOf = (room: string) => FLOORS.findIndex((rooms) => rooms.includes(room))

function allowed({ from, to }: Import): boolean {
  const [own, other] = [roomOf(from), roomOf(to)]
  if (own === other) return true
  if (own === MOCK) return GROUND.includes(other)
  if (other === MOCK) return own === 'cli'
  return floorOf(other) < floorOf(own)
}

describe('imports', () => {
  test('there are some: the reader of this test works', () => {
    expect(inner.length).toBeGreaterThan(files.length)
    expect(inner).toContainEqual({ from: 'cli/main.ts', to: 'cli/program.ts' })
    expect(inner).toContainEqual({ from: 'engine/run-plan.ts', to: 'clock.ts' })
  })

  test('every room is on the map', () => {
    const known = new Set([...FLOORS.flat(), MOCK])
    expect([...new Set(files.map(roomOf))].filter((room) => !known.has(room))).toEqual([])
  })

  test('lead to files that are there', () => {
    expect(inner.filter(({ to }) => !texts.has(to))).toEqual([])
  })

  test('point down, never up or sideways', () => {
    expect(inner.filter((one) => !allowed(one)).map(({ from, to }) => `${from} → ${to}`)).toEqual([])
  })

  test('never run in a circle', () => {
    const targets = new Map(files.map((file) => [file, inner.filter(({ from }) => from === file).map(({ to }) => to)]))
    const done = new Set<string>()
    const circles: string[] = []
    const visit = (file: string, path: readonly string[]): void => {
      const at = path.indexOf(file)
      if (at >= 0) circles.push([...path.slice(at), file].join(' → '))
      if (at >= 0 || done.has(file)) return
      for (const next of targets.get(file) ?? []) visit(next, [...path, file])
      done.add(file)
    }
    for (const file of files) visit(file, [])
    expect(circles).toEqual([])
  })

  test('never run in a circle between folders, those of a parent and a child included', () => {
    const folderOf = (file: string) => file.slice(0, file.lastIndexOf('/') + 1)
    const between = inner
      .map(({ from, to }) => ({ from: folderOf(from), to: folderOf(to) }))
      .filter(({ from, to }) => from !== to && from !== '' && to !== '')
    const below = (start: string, seen = new Set<string>()): ReadonlySet<string> => {
      for (const { from, to } of between) if (from === start && !seen.has(to)) below(to, seen.add(to))
      return seen
    }
    const folders = [...new Set(between.map(({ from }) => from))]
    expect(folders.length).toBeGreaterThan(15)
    expect(folders.filter((folder) => below(folder).has(folder))).toEqual([])
  })
})

describe('a protocol describes itself', () => {
  /** Rooms that have a part for each protocol. */
  const ROOMS = ['connectors', 'templates', 'mock']
  /** Files that may name one, and why. */
  const REASONS: Readonly<Record<string, string>> = {
    'auth/fetch.ts': 'tokens are got over HTTP, whatever the target speaks',
    'cli/generate/flags.ts': 'values of --type are names of templates',
    'cli/selftest/loads.ts': 'each protocol has a target of its own there',
    'dialects/presets.ts': 'each known API is spoken over one protocol',
    'payloads/schema.ts': 'connection_type is a value in the frames of one service',
    'scenario/explain/synonyms.ts': 'http is a key of steps in the files of other tools',
  }
  /** Files that may name failure classes of one, and why. */
  const NAMES_CLASSES: Readonly<Record<string, string>> = {
    'metrics/failures/hints.ts': 'what to do about each class is one table, which `burn explain` prints',
    'scenario/schema/errors.ts': 'the description of a key gives an example',
  }
  const PARTS = ['http', 'sse', 'websocket', 'grpc', 'mqtt'].map((name) => `connectors/${name}`)
  const NAMED = /(['"])(?:https?|sse|websocket|grpcs?|mqtts?|wss?)(?::(?:\/\/)?)?\1/g

  const names = (file: string) => {
    const text = withoutComments(texts.get(file) ?? '')
    // in dialects, sse is how a reply is cut into events, whatever carries it
    return Array.from(text.matchAll(NAMED), ([name]) => name).filter((name) => roomOf(file) !== 'dialects' || name !== "'sse'")
  }
  const outside = files.filter((file) => !ROOMS.includes(roomOf(file)))

  test('there are such names: the reader of this test works', () => {
    expect(names('connectors/mqtt.ts')).toContain("'mqtts:'")
    expect(names('dialects/presets.ts')).toContain("'websocket'")
  })

  test('so that nothing outside knows one by name', () => {
    const found = outside.filter((file) => REASONS[file] === undefined && names(file).length > 0)
    expect(found.map((file) => `${file}: ${names(file).join(' ')}`)).toEqual([])
  })

  test('nor how one calls its failures: what they mean is asked of its connector', () => {
    const prefixed = /(?<![\w-])(?:grpc|mqtt)_(?=[A-Za-z(])/
    const found = outside.filter((file) => prefixed.test(withoutComments(texts.get(file) ?? '')))
    expect(found).toEqual(Object.keys(NAMES_CLASSES))
  })

  test('and nothing outside imports the parts of one', () => {
    const parts = inner.filter(({ to }) => PARTS.some((part) => to === `${part}.ts` || to.startsWith(`${part}/`)))
    const found = parts.filter(({ from }) => outside.includes(from) && REASONS[from] === undefined)
    expect(found.map(({ from, to }) => `${from} → ${to}`)).toEqual([])
  })

  test('and an exception goes when it is no longer needed', () => {
    expect(Object.keys(REASONS).filter((file) => names(file).length === 0)).toEqual([])
  })
})

describe('the words of src/WORDS.md', () => {
  const [, page = ''] = readFileSync(join(SRC, 'WORDS.md'), 'utf8').split('## Words that are not used in names')
  const unused = new Set(Array.from(page.matchAll(/`([a-z]+)`/g), ([, word = '']) => word))
  const code = (file: string) => withoutComments(texts.get(file) ?? '').replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, "''")
  const partsOf = (name: string) => (name.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g) ?? []).map((part) => part.toLowerCase())
  const namesOf = (file: string) =>
    code(file)
      .replace(/`(?:[^`\\]|\\.)*`/g, (text) => Array.from(text.matchAll(/\$\{([^}]*)\}/g), ([, inside]) => inside).join(' '))
      .match(/[A-Za-z_$][\w$]*/g) ?? []

  test('are found: the reader of this test works', () => {
    expect(unused.size).toBeGreaterThan(20)
    expect(namesOf('engine/user/session.ts')).toContain('ScheduledUser')
    expect(partsOf('tellAllFAULTS_once')).toEqual(['tell', 'all', 'faults', 'once'])
  })

  test('that are not used in names are in none', () => {
    const found = files.flatMap((file) =>
      namesOf(file)
        .filter((name) => partsOf(name).some((part) => unused.has(part)))
        .map((name) => `${file}: ${name}`),
    )
    expect(found).toEqual([])
  })
})

describe('every room', () => {
  const MAX_FILES = 14
  const MAX_FLOORS = 6
  const rooms = Map.groupBy(files, (file) => dirname(file))
  const large = [...rooms].filter(([, inside]) => inside.length > MAX_FILES).map(([room]) => room)

  test(`has at most ${MAX_FILES} files`, () => {
    expect(rooms.size).toBeGreaterThan(50)
    expect(large).toEqual([])
  })

  /** Files that import one another in a row, all of this file's own room: the file's height in it. */
  function height(file: string): number {
    const below = inner.filter(({ from, to }) => from === file && dirname(to) === dirname(file))
    return 1 + Math.max(0, ...below.map(({ to }) => height(to)))
  }

  test(`has at most ${MAX_FLOORS} floors`, () => {
    expect(height('engine/user/session.ts')).toBeGreaterThan(3)
    expect(files.map((file) => [file, height(file)] as const).filter(([, floors]) => floors > MAX_FLOORS)).toEqual([])
  })
})

describe('every file', () => {
  const MAX_IMPORTS = 15
  /** Statements, those of packages included. */
  const importCount = (file: string) => (texts.get(file) ?? '').match(/^(?:import|\}) [^\n]*from '/gm)?.length ?? 0

  test(`has at most ${MAX_LINES} lines, its imports left out`, () => {
    const imported = /^import [^'"]*['"].*['"]\n/gm
    const long = files
      .map((file) => ({ file, lines: (texts.get(file) ?? '').replace(imported, '').trimEnd().split('\n').length }))
      .filter(({ file, lines }) => lines > (LONGER[file] ?? MAX_LINES))
    expect(long).toEqual([])
  })

  test(`imports from at most ${MAX_IMPORTS} others`, () => {
    expect(files.length).toBeGreaterThan(50)
    expect(files.filter((file) => importCount(file) > MAX_IMPORTS)).toEqual([])
  })

  test('does without any', () => {
    const found = files.flatMap((file) =>
      withoutComments(texts.get(file) ?? '')
        .split('\n')
        .filter((line) =>
          /(?::\s*|<|\bas\s+|,\s*|\|\s*)any\b(?=\s*(?:[;,>)\]=|&{[]|$))/.test(line.replace(/(['"`]).*?\1/g, "''")),
        )
        .map((line) => `${file}: ${line.trim()}`),
    )
    expect(found).toEqual([])
  })

  test('says at its head or its first export what it is for', () => {
    const silent = files.filter((file) => !/^(?:#!.*\n)?(?:import [^\n]*\n|\n)*\/\*\*/.test(texts.get(file) ?? ''))
    expect(silent.filter((file) => !/\/\*\*[\s\S]*?\*\/\s*export/.test(texts.get(file) ?? ''))).toEqual([])
  })

  test('names types as no other file names one', () => {
    const owners = new Map<string, string[]>()
    for (const file of files) {
      for (const [, name = ''] of (texts.get(file) ?? '').matchAll(
        /^(?:export )?(?:interface|type|(?:abstract )?class) ([A-Z]\w*)/gm,
      )) {
        owners.set(name, [...(owners.get(name) ?? []), file])
      }
    }
    expect(owners.size).toBeGreaterThan(200)
    expect([...owners].filter(([, where]) => where.length > 1)).toEqual([])
  })

  test('exports by name', () => {
    expect(files.filter((file) => /^export default\b/m.test(texts.get(file) ?? ''))).toEqual([])
  })
})

test('everything random comes from a seed', () => {
  const random = files.filter((file) => /\bMath\.random\(/.test(withoutComments(texts.get(file) ?? '')))
  expect(random).toEqual([])
})
