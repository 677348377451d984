/** Every problem code is defined in one file of its own name, and nothing else in the sources spells it out. Each is tried in problems.test.ts. */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import * as kinds from '../../src/scenario/codes.ts'
import { problemCodes } from '../../src/scenario/pages.ts'
import { ROOT } from '../cli/harness.ts'

const SRC = join(ROOT, 'src')
const PROBLEMS = join('scenario', 'problems')
const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
const LITERAL = /(['"`])([EWI]_[A-Z_]+)\b(?=[^\n]*\1)/g

test('every code is in the list, under its own name', () => {
  expect(Object.values(kinds).map(({ code }) => code)).toEqual(Object.keys(kinds))
  expect(problemCodes()).toEqual(Object.keys(kinds).sort())
})

test('every file of the problems is named after the code that it defines', () => {
  const named = files.filter((file) => file.startsWith(PROBLEMS)).map((file) => basename(file, '.ts'))
  expect(named.sort()).toEqual(Object.keys(kinds).sort())
})

test('a code stands as text in its own file only', () => {
  const written = files.flatMap((file) => {
    const code = readFileSync(join(SRC, file), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '')
    return [...code.matchAll(LITERAL)].map(([, , name = '']) => ({ name, file }))
  })
  const elsewhere = written.filter(({ name, file }) => Object.hasOwn(kinds, name) && basename(file, '.ts') !== name)
  expect(written.length).toBeGreaterThan(10)
  expect(elsewhere).toEqual([])
})
