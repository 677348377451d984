/** Every problem code has a page; what is broken on it is reported with that code, and what is mended has no problem. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { validateSource } from '../../src/cli/load/foreign.ts'
import * as kinds from '../../src/scenario/codes.ts'
import { problemCodes } from '../../src/scenario/pages.ts'
import type { Code } from '../../src/scenario/read/source/finding.ts'
import { Home, ROOT } from '../cli/harness.ts'

const FOLDER = join(ROOT, 'scenarios')
const PAGES = join(FOLDER, 'problems')
const many = (count: number, one: (index: number) => string) => Array.from({ length: count }, (_, index) => one(index)).join(', ')

/** What stands for … in an example that would be too long to read, or for a character that no editor shows. */
const LONG: Partial<Record<Code, readonly [short: string, whole: string]>> = {
  E_CONTROL_CHARACTER: ['␇', '\u0007'],
  E_DEPTH: ['…', `${'['.repeat(60)}${']'.repeat(60)}`],
  E_TOO_BIG: ['…', many(110_000, String)],
  E_TOO_MANY_KEYS: ['…', many(1001, (index) => `more${index}: 1`)],
  W_TAG_VALUES: ['…', many(51, (index) => `{ message: hi, tags: { size: "more ${index}" } }`)],
}

interface Example {
  readonly text: string
  readonly language: string
  /** What stands in backticks before it: variables, flags. */
  readonly given: readonly string[]
}

/** The example under a word on the page of a code; keys that every scenario has, and that do not matter to it, are added. */
function exampleOf(code: Code, word: 'Broken' | 'Mended'): Example {
  const page = readFileSync(join(PAGES, `${code}.md`), 'utf8')
  const [, before = '', language = '', written = ''] =
    new RegExp(`^${word}(.*):\n\n\`\`\`(\\w+)\n([\\s\\S]*?)^\`\`\``, 'm').exec(page) ?? []
  const [short = '', long = ''] = LONG[code] ?? []
  const text = short === '' ? written : written.replace(short, () => long)
  const given = [...before.matchAll(/`([^`]+)`/g)].map(([, part]) => String(part))
  return { text: language === 'json' || /^#.*\n$/.test(text) ? text : completed(text), language, given }
}

function completed(text: string): string {
  const has = (keys: string) => new RegExp(`^(?:${keys}):`, 'm').test(text)
  const head = [
    ...(has('name') ? [] : ['name: example']),
    ...(has('targets?') ? [] : ['target: { url: http://127.0.0.1/ }']),
    ...(has('steps|flows') ? [] : ['steps: [ { message: hi } ]']),
  ]
  return [...head, text].join('\n')
}

afterEach(() => vi.unstubAllEnvs())

/** Codes of the problems of an example, as the command gives them where flags matter. */
async function codesOf({ text, language, given }: Example): Promise<string[]> {
  const variables = given.filter((part) => /^\w+=/.test(part)).map((part) => part.split(/=(.*)/s) as [string, string])
  for (const [name, value] of variables) vi.stubEnv(name, value)
  const flags = given.filter((part) => part.startsWith('--') && part !== '--no-env').flatMap((part) => part.split(/[= ]/))
  if (flags.length > 0) return codesOfCommand(text, flags, given.at(-1) ?? '')
  const { problems } = validateSource({ text, file: join(FOLDER, `example.${language}`) }, { noEnv: given.includes('--no-env') })
  return problems.map(({ code }) => code)
}

async function codesOfCommand(text: string, flags: readonly string[], reply: string): Promise<string[]> {
  const home = new Home()
  home.write('example.yaml', text)
  home.write('reply.json', reply)
  const { stdout } = await home.call(['validate', 'example.yaml', ...flags, '--format', 'json'])
  const { problems } = JSON.parse(stdout) as { problems: { code: string }[] }
  return problems.map(({ code }) => code)
}

test('there is a page for each code, and none for another', () => {
  expect(readdirSync(PAGES).sort()).toEqual(
    Object.keys(kinds)
      .sort()
      .map((code) => `${code}.md`),
  )
})

describe.each(problemCodes())('%s', (code) => {
  test('says what it means, why it matters and what to do', () => {
    const page = readFileSync(join(PAGES, `${code}.md`), 'utf8')
    const parts = page.split('\n\n')
    expect(parts[0]).toBe(`# ${code}`)
    expect(parts[1]).toMatch(/^[A-Z`][\s\S]*\.$/)
    expect(page).toMatch(/\n\nWhy it matters: [\s\S]+?\.\n\nWhat to do: [\s\S]+?\n\nBroken/)
    expect(Math.max(...page.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120)
  })

  test('is what burn says of its broken example', async () => {
    expect(await codesOf(exampleOf(code, 'Broken'))).toContain(code)
  })

  test('is not what burn says of the mended one, in which there is no error', async () => {
    const codes = await codesOf(exampleOf(code, 'Mended'))
    expect(codes.filter((found) => found === code || found.startsWith('E_'))).toEqual([])
  })
})

test('an unknown tag is a problem of the file, and no warning of a library', () => {
  const warn = vi.spyOn(process, 'emitWarning')
  validateSource({ text: 'name: t\nvars: { key: !secret abc }\n', file: 'a.yaml' })
  expect(warn).not.toHaveBeenCalled()
  warn.mockRestore()
})
