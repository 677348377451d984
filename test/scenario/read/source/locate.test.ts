import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseScenario } from '../../../../src/scenario/read/read.ts'
import { place } from '../place.ts'

const yaml = 'name: t\nsteps:\n  - message: hi\n    name: "open"\n  - delay: 1s\n'

test.each([
  [['name'], 'key', '1:1-5'],
  [['name'], 'value', '1:7-8'],
  [['steps'], 'key', '2:1-6'],
  [['steps', 0], 'key', '3:5-16'],
  [['steps', 0, 'name'], 'key', '4:5-9'],
  [['steps', 0, 'name'], 'value', '4:11-17'],
  [['steps', 1, 'delay'], 'value', '5:12-14'],
  [['steps', 0, 'expect'], 'value', '3:5-16'],
  [['steps', 7, 'message'], 'value', '2:1-6'],
  [['nothing', 'at', 'all'], 'value', '1:1-2'],
] as const)('the place of %j (%s) is %s', (path, how, expected) => {
  expect(place(yaml, path, how)).toBe(expected)
})

test('JSON has the places of the same values', () => {
  const json = '{\n\t"name": "t",\n\t"steps": [ { "message": "hi" } ]\n}'
  expect(place(json, ['name'], 'key', 'a.json')).toBe('2:2-8')
  expect(place(json, ['steps', 0, 'message'], 'value', 'a.json')).toBe('3:26-30')
})

test('a text written as YAML flow and as JSON has the same places', () => {
  const text = '{ "name": "t", "vars": { "a": [ 1, "x\\ny" ] } }'
  for (const path of [['name'], ['vars', 'a'], ['vars', 'a', 1]])
    expect(place(text, path, 'value', 'a.json')).toBe(place(text, path))
})

const styles: readonly (readonly [string, (text: string) => string])[] = [
  ['double quotes', (text) => `a: ${JSON.stringify(text)}\n`],
  ['single quotes', (text) => `a: '${text.replaceAll("'", "''")}'\n`],
  ['a literal block', (text) => `a: |-\n${text.replace(/^/gm, '    ')}\n`],
  ['JSON', (text) => `{ "a": ${JSON.stringify(text)} }`],
]

test.each(styles)('a mark inside a text in %s is found, whatever stands before it', (name, write) => {
  const word = fc.stringMatching(/^[a-z'"\\é日]{1,5}$/)
  const text = fc.array(word, { minLength: 1, maxLength: 8 }).map((words) => words.join(name === 'a literal block' ? '\n' : ' '))
  fc.assert(
    fc.property(text, text, (before, after) => {
      const value = `${before} {{here}} ${after}`
      const source = write(value)
      const { value: parsed, locate } = parseScenario(source, name === 'JSON' ? 'a.json' : 'a.yaml')
      expect(parsed).toEqual({ a: value })
      const span = locate.inside(['a'], value.indexOf('here'), 4)
      expect(source.slice(span.start, span.end)).toBe('here')
    }),
  )
})

test('a mark is found in folded texts of every kind', () => {
  const sources = [
    'a: one\n  two\n\n  {{here}} three\n',
    'a: "one\n  two \\\n  {{here}}"\n',
    'a: >\n  one\n  two\n\n    more\n\n  {{here}}\n',
    "a: 'one\n\n  {{here}}'\n",
  ]
  for (const source of sources) {
    const { value, locate } = parseScenario(source, 'a.yaml')
    const span = locate.inside(['a'], (value as { a: string }).a.indexOf('here'), 4)
    expect(source.slice(span.start, span.end)).toBe('here')
  }
})

test('a mark behind a reference to the environment is found', () => {
  const source = 'a: "${env.X} $${x} {{here}}"\n'
  const { value, locate } = parseScenario(source, 'a.yaml', { env: { X: 'a longer text than the reference' } })
  const span = locate.inside(['a'], (value as { a: string }).a.indexOf('here'), 4)
  expect(source.slice(span.start, span.end)).toBe('here')
})

describe('frames show no secrets', () => {
  const JWT = `eyJhbGciOiJIUzI1NiJ9.${'QUJDREVGR0hJSktM'.repeat(15)}`
  const frameAt = (text: string, part: string) => {
    const start = text.indexOf(part)
    const { locate } = parseScenario(text, 'a.yaml')
    return locate.problem({ code: 'E_X', path: [], message: 'x' }, { start, end: start + part.length }).frame
  }

  test('a secret longer than the frame is masked before the line is cut, also on the line above', () => {
    const text = `target: { auth: { type: bearer, token: ${JWT} } }\nmesage: 1\n`
    expect(frameAt(text, 'mesage')).toBe('1 | target: { auth: { type: bearer, token: [secret] } }\n2 | mesage: 1\n  | ^^^^^^')
    expect(frameAt(text, JWT)).toBe(`1 | target: { auth: { type: bearer, token: [secret] } }\n  | ${' '.repeat(39)}^^^^^^^^`)
    expect(frameAt(text, JWT.slice(30, 40))).toBe(frameAt(text, JWT))
  })

  test('the caret stands under its place behind a secret, and no edge of a frame shows a part of one', () => {
    const text = `json: { password: hunter2secret, x: ${'y'.repeat(70)}, apiKey: lit-secret-123456, nested: ${'z'.repeat(90)} }`
    const [line = '', caret = ''] = frameAt(text, 'nested').split('\n')
    expect(line.slice(caret.indexOf('^'), caret.lastIndexOf('^') + 1)).toBe('nested')
    for (let at = 0; at < text.length; at += 1)
      expect(frameAt(text, text.slice(at, at + 40))).not.toMatch(/secret-|-123|hunter|2sec/)
  })

  test('a file that cannot be read has its secrets found by the names before them', () => {
    const { problems } = parseScenario(`auth: [ { token: ${JWT}\nmesage: 1\n`, 'a.yaml')
    expect(problems.length).toBeGreaterThan(0)
    expect(JSON.stringify(problems)).not.toContain('QUJDREVG')
  })
})
