import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { suiteJsonSchema, suiteSchema } from '../src/cli/suite/file/schema.ts'
import { EXIT_MEANINGS } from '../src/errors.ts'
import { scenarioJsonSchema } from '../src/scenario/schema/json-schema.ts'
import { validateScenario } from '../src/scenario/validate.ts'
import { DOCS, withFreshTables } from './support/docs.ts'

const text = readFileSync(DOCS, 'utf8')
const folder = dirname(DOCS)
const yamlBlocks = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, block]) => String(block))

test('the tables of scenarios/README.md are fresh (npm run docs)', () => {
  expect(text).toBe(withFreshTables(text))
})

test('the exit codes of README.md are those of burn', () => {
  const rows = [...readFileSync('README.md', 'utf8').matchAll(/^\| (\d+) \| (.*) \|$/gm)].map(([, code, meaning]) => [
    code,
    meaning,
  ])
  expect(rows).toEqual(Object.entries(EXIT_MEANINGS))
})

test('a table that is not there is an error', () => {
  expect(() => withFreshTables('<!-- table: keys target.nothing -->\n<!-- end -->')).toThrow('there is nothing at nothing')
  expect(() => withFreshTables('<!-- table: words -->\n<!-- end -->')).toThrow('there is no table words')
})

/** Every key that a scenario can have, with one place where it stands. */
function keysOf(node: unknown, path: string, found = new Map<string, string>()): Map<string, string> {
  if (typeof node !== 'object' || node === null) return found
  for (const [name, part] of Object.entries(node)) {
    if (name !== 'properties') keysOf(part, path, found)
    else
      for (const [key, inner] of Object.entries(part as object)) {
        if (!found.has(key)) found.set(key, `${path}.${key}`)
        keysOf(inner, `${path}.${key}`, found)
      }
  }
  return found
}

test('every key of the schema is in the text, as code', () => {
  const code = [...text.matchAll(/```\w*\n([\s\S]*?)```|`([^`\n]+)`/g)].map(([, block, span]) => block ?? span)
  const words = new Set(code.join(' ').match(/[\w$-]+/g))
  const keys = keysOf(scenarioJsonSchema(), '')
  expect(keys.size).toBeGreaterThan(250)
  expect([...keys].filter(([key]) => !words.has(key)).map(([, path]) => path)).toEqual([])
})

test('links lead somewhere', () => {
  const links = [...text.matchAll(/\]\(([^)#]+)\)/g)].map(([, link]) => String(link))
  expect(links.filter((link) => !existsSync(join(folder, link)))).toEqual([])
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading
      ?.toLowerCase()
      .replace(/[^\w ]/g, '')
      .replaceAll(' ', '-'),
  )
  const anchors = [...text.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor)
  expect(anchors.filter((anchor) => !headings.includes(anchor))).toEqual([])
})

test('every example is linked', () => {
  const examples = readdirSync(folder).filter((name) => name.endsWith('.yaml'))
  expect(examples.filter((name) => !text.includes(name))).toEqual([])
})

test('every key of a suite is in the text, and its example is one', () => {
  const [example = ''] = yamlBlocks.filter((block) => block.startsWith('suite:'))
  expect(suiteSchema.safeParse(parse(example)).error).toBeUndefined()
  const [section = ''] = text.split('## Suites')[1]?.split(/^## /m) ?? []
  const words = new Set([...section.matchAll(/`([^`]*)`/g)].flatMap(([, code = '']) => code.match(/\w+/g) ?? []))
  const keys = [...keysOf(suiteJsonSchema(), '').keys()]
  expect(keys.length).toBeGreaterThan(20)
  expect(keys.filter((key) => !words.has(key))).toEqual([])
})

describe('examples in the text', () => {
  const blocks = yamlBlocks.filter((block) => !block.startsWith('suite:'))
  const base = {
    name: 'docs',
    target: { url: 'http://127.0.0.1/' },
    data: { orders: { file: 'data/orders.csv' } },
    steps: [{ message: 'hi', name: 'open' }],
  }

  test.each(blocks.map((block) => [block.slice(0, block.indexOf('\n')), block]))('%s', (_, block) => {
    const { expect: checks, ...own } = parse(block) as Readonly<Record<string, unknown>>
    const steps = checks === undefined ? {} : { steps: [{ message: 'hi', expect: checks }] }
    const scenario = JSON.stringify({ ...base, ...own, ...steps })
    const { problems } = validateScenario(scenario, join(folder, 'docs.json'), { noEnv: true })
    expect(problems.filter(({ code }) => code !== 'W_ENV_UNSET')).toEqual([])
  })
})
