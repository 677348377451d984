import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { makePen } from '../../../src/report/text/pen.ts'

const LOOK = { color: false, width: 80, unicode: true }

test('without colour nothing is painted; with it, only paint is added', () => {
  const [plain, painted] = [makePen(LOOK), makePen({ ...LOOK, color: true })]
  for (const paint of ['good', 'bad', 'warn', 'dim', 'bold'] as const) {
    expect(plain[paint]('a')).toBe('a')
    expect(painted[paint]('a')).not.toBe('a')
    expect(stripVTControlCharacters(painted[paint]('a'))).toBe('a')
  }
})

test('a terminal without Unicode gets ASCII alone, one character for one', () => {
  const pen = makePen({ ...LOOK, unicode: false })
  expect(pen.ink('5 µs – ≥ 1 × 日')).toBe('5 us - > 1 x ?')
  for (const mark of Object.values(pen.marks)) expect(mark).toMatch(/^[ -~]+$/)
  expect(pen.cut('abcdefgh', 6)).toBe('abc...')
  expect(makePen(LOOK).cut('abcdefgh', 6)).toBe('abcde…')
})

test('no terminal is narrower than 40 columns', () => expect(makePen({ ...LOOK, width: 5 }).width).toBe(40))

test('a wrapped text stands beside its prefix, and none of it is lost', () => {
  const text = Array.from({ length: 40 }, (_, n) => `word${n}`).join(' ')
  const lines = makePen({ ...LOOK, width: 40 }).wrap('note: ', text)
  expect(lines[0]).toMatch(/^note: word0 /)
  for (const line of lines.slice(1)) expect(line).toMatch(/^ {6}\S/)
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(40)
  expect(lines.map((line) => line.slice(6)).join(' ')).toBe(text)
})

test('untrusted text is one line that moves no cursor', () => {
  const pen = makePen(LOOK)
  expect(pen.safe(' a\n\tb \x1b[2J')).toBe('a b \\u{1b}[2J')
  expect(pen.safe('x'.repeat(1000))).toHaveLength(400)
  expect(pen.safe('abcdef', 4)).toBe('abc…')
})
