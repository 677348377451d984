import { expect, test } from 'vitest'
import { jsonLog, LOG_LEVELS, levelOf, textLog } from '../../../src/cli/output/log.ts'
import { UsageError } from '../../../src/errors.ts'

test.each([
  [{}, 'info'],
  [{ verbose: true }, 'debug'],
  [{ quiet: true }, 'error'],
  [{ quiet: true, logLevel: 'debug' }, 'debug'],
  [{ logLevel: 'loud' }, 'info'],
] as const)('%j: %s', (flags, level) => expect(levelOf(flags)).toBe(level))

test('quiet and verbose are refused together', () => expect(() => levelOf({ quiet: true, verbose: true })).toThrow(UsageError))

test('lines of text have what was asked for, and nothing that a terminal obeys', () => {
  const lines: string[] = []
  const log = textLog('info', (line) => lines.push(line))
  for (const level of LOG_LEVELS) log(level, 'a\x1b[2J', { n: 1, name: 'a b', path: '/x', none: null })
  expect(lines).toEqual(['burn: ', 'warning: ', ''].map((prefix) => `${prefix}a\\u{1b}[2J n=1 name="a b" path=/x none=null`))
})

test('lines of JSON are one each, with the level as a word', async () => {
  const lines: string[] = []
  const log = await jsonLog('warn', (line) => lines.push(line))
  log('info', 'too little')
  log('warn', 'one\ntwo\u009b', { n: 1 })
  expect(lines).toHaveLength(1)
  expect(lines[0]).not.toContain('\u009b')
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'warn', msg: 'one\ntwo\u009b', n: 1 })
})
