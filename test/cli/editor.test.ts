/** The schema of scenarios in an editor: the language server for YAML shows every key, completes it, and marks a wrong one. */
import { describe, expect, test } from 'vitest'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { getLanguageService } from 'yaml-language-server'
import { schemaText } from '../../src/cli/schema.ts'

type Schema = Readonly<Record<string, unknown>>

const [SCENARIO, CONFIG] = [JSON.parse(schemaText('scenario')), JSON.parse(schemaText('config'))] as const
const CATALOG: { name: string; description: string; fileMatch: string[]; url: string }[] = JSON.parse(schemaText('catalog'))

const service = getLanguageService({
  schemaRequestService: (uri) => Promise.reject(new Error(`the editor asked for ${uri}`)),
  workspaceContext: { resolveRelativePath: (path) => path },
  telemetry: { send: () => {}, sendError: () => {}, sendTrack: () => {} },
  clientCapabilities: {},
} as Parameters<typeof getLanguageService>[0])
service.configure({
  validate: true,
  hover: true,
  completion: true,
  schemas: CATALOG.map(({ url, fileMatch }) => ({
    uri: url,
    fileMatch, // It resolves references in the object that it gets.
    schema: structuredClone(url.includes('config') ? CONFIG : SCENARIO),
  })),
})

let files = 0
/** A file in the editor, in which `|` marks the cursor. */
function opened(text: string, name = 'chat.burn.yaml') {
  files += 1
  const at = text.indexOf('|')
  const document = TextDocument.create(`file:///${files}/${name}`, 'yaml', 1, text.replace('|', ''))
  return { document, cursor: document.positionAt(Math.max(0, at)) }
}

async function hover(text: string, name?: string): Promise<string> {
  const { document, cursor } = opened(text, name)
  return JSON.stringify((await service.doHover(document, cursor))?.contents ?? '')
}

async function completions(text: string): Promise<string[]> {
  const { document, cursor } = opened(text)
  const { items } = await service.doComplete(document, cursor, false)
  return items.map(({ label }) => label)
}

async function problems(text: string, name?: string): Promise<string[]> {
  const { document } = opened(text, name)
  const found = await service.doValidation(document, false)
  return found.map(({ message, range }) => `${range.start.line + 1}: ${message}`)
}

const keysOf = (schema: Schema) => Object.keys(schema.properties as Schema)

describe('hover', () => {
  interface Part {
    readonly description?: string
    readonly $ref?: string
    readonly anyOf?: readonly Part[]
  }
  /** The words with which the texts of a key, or of one of its forms, begin, up to the first character that Markdown could escape. */
  function beginnings({ description = '', $ref, anyOf = [] }: Part): string[] {
    const shared = (SCENARIO.$defs as Record<string, Part>)[$ref?.slice('#/$defs/'.length) ?? '']
    const own = /^[A-Za-z ]{6,}/.exec(description)?.[0].trim()
    return [...(own === undefined ? [] : [own]), ...[...anyOf, ...(shared ? [shared] : [])].flatMap(beginnings)]
  }

  test.each(keysOf(SCENARIO))('the key %s at the top', async (key) => {
    const words = beginnings((SCENARIO.properties as Record<string, Part>)[key] ?? {})
    // Of a key with several forms, the editor may show the words of one.
    const shown = await hover(`|${JSON.stringify(key)}: 1\n`)
    expect(words.filter((one) => shown.includes(one))).not.toEqual([])
  })

  test.each([
    ['target:\n  ti|meouts: {}', 'How long to wait for each stage'],
    ['steps:\n  - mess|age: hi', 'What the user says'],
    ['load:\n  - { rate: 3/s, fo|r: 1m }', 'How long'],
    ['target:\n  u|rl: mock:', 'scheme it takes that of `protocol`'],
  ])('%s', async (text, words) => {
    expect(await hover(text)).toContain(words)
  })

  test('of the configuration, by the name of its file', async () => {
    expect(await hover('o|ut: runs', 'burn.config.yaml')).toContain('Folder for results, in which each run gets a folder')
  })
})

test('completion lists the keys that there are, and only those', async () => {
  const top = (await completions('|')).filter((label) => label !== SCENARIO.title)
  expect(top.toSorted()).toEqual(keysOf(SCENARIO).toSorted())
  expect(await completions('steps:\n  - |')).toEqual(expect.arrayContaining(['message', 'request', 'delay', 'loop', 'if', 'set']))
  expect(await completions('target:\n  timeouts:\n    |')).toEqual(['connect', 'firstByte', 'firstToken', 'idle', 'total'])
  expect(await completions('target:\n  preset: |')).toContain('openai-chat')
})

test('a key or a value that there is not is marked, and nothing in a good file is', async () => {
  const good = 'name: a\ntarget:\n  url: mock:/\nsteps:\n  - message: hi\n'
  expect(await problems(good)).toEqual([])
  expect(await problems(`${good}    expct: []\n`)).toEqual(['6: Property expct is not allowed.'])
  expect(await problems(good.replace('url:', 'urll:'))).toEqual(['3: Property urll is not allowed.'])
  expect(await problems(`${good}graceful: 10\n`)).toEqual(['6: Incorrect type. Expected "string".'])
  expect(await problems('profil: ci\n', 'burn.config.yaml')).toEqual(['1: Property profil is not allowed.'])
})

test('every key, at every depth, has a hover text', () => {
  const without: string[] = []
  const look = (part: unknown, path: string) => {
    if (typeof part !== 'object' || part === null) return
    for (const [key, value] of Object.entries((part as { properties?: Schema }).properties ?? {}))
      if (!(value as Schema).description) without.push(`${path}.${key}`)
    for (const [key, value] of Object.entries(part)) if (key !== 'default' && key !== 'examples') look(value, `${path}/${key}`)
  }
  look(SCENARIO, '')
  look(CONFIG, 'config')
  expect(without).toEqual([])
})

test('the catalogue says which files each schema is for', () => {
  expect(CATALOG.map(({ name, fileMatch }) => [name, fileMatch])).toEqual([
    ['burn scenario', ['*.burn.yaml', '*.burn.yml', '*.burn.json']],
    ['burn configuration', ['burn.config.yaml', 'burn.config.yml']],
  ])
  for (const { description, url } of CATALOG)
    expect([description, url]).toEqual([expect.stringMatching(/\w/), expect.stringMatching(/^https:/)])
})
