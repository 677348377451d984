import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseDocument } from 'yaml'
import { ScenarioError } from '../../src/errors.ts'
import { decodeSource } from '../../src/scenario/read/source-file.ts'
import { validateScenario } from '../../src/scenario/validate.ts'
import { costMeter } from '../support/cost.ts'
import { drawn, shareOf } from '../support/share.ts'

const MIB = 1024 * 1024
const HEAD = 'name: t\ntarget: { url: http://127.0.0.1/ }\n'
const STEPS = 'steps: [ { message: hi } ]\n'
const fill = (part: string) => part.repeat(Math.floor((MIB - HEAD.length - 40) / part.length))

const hostile: readonly (readonly [name: string, text: string, code: string | undefined, file?: string])[] = [
  ['20,000 keys in one map', Array.from({ length: 20_000 }, (_, i) => `k${i}: 1`).join('\n'), 'E_TOO_MANY_KEYS'],
  ['100,000 keys in one map', Array.from({ length: 100_000 }, (_, i) => `k${i}:`).join('\n'), 'E_TOO_MANY_KEYS'],
  ['a list of a mebibyte', `[${fill('1,')}1]`, 'E_TOO_BIG'],
  ['the same in JSON', `[${fill('1,')}1]`, 'E_TOO_BIG', 'a.json'],
  ['brackets', fill('['), 'E_DEPTH'],
  ['brackets in JSON', fill('['), 'E_SYNTAX', 'a.json'],
  ['dashes', fill('- '), 'E_DEPTH'],
  ['anchors', fill('&a '), 'E_TOO_BIG'],
  ['tags', fill('! '), 'E_TOO_BIG'],
  ['documents', fill('---\n'), 'E_TOO_BIG'],
  ['line ends', `a: 1${fill('\n')}`, 'E_TOO_BIG'],
  ['control characters', fill('\0'), 'E_CONTROL_CHARACTER'],
  ['one long text', `${HEAD}steps: [ { message: hi } ]\ndescription: "${fill('x').slice(30)}"`, undefined],
  ['one long template', `${HEAD}steps: [ { message: "${fill('{{a}}')}" } ]`, 'E_TEMPLATE'],
  ['references', `${HEAD}${STEPS}description: "${fill('${x}')}"`, 'E_ENV_SYNTAX'],
  ['open references', `${HEAD}${STEPS}description: "${fill('${env.A:-')}"`, 'E_ENV_SYNTAX'],
  ['steps that are nothing', `${HEAD}steps: [${'1,'.repeat(30_000)}1]`, 'E_VALUE'],
  ['misspelt steps', `${HEAD}steps:\n${'- { mesage: 1 }\n'.repeat(999)}`, 'E_UNKNOWN_KEY'],
  ['unknown variables', `${HEAD}steps:\n${`- message: "${'{{a}}'.repeat(1000)}"\n`.repeat(200)}`, 'E_UNKNOWN_VARIABLE'],
  ['bad thresholds', `${HEAD}steps: [ { message: hi } ]\nthresholds:\n${'- ttft p95 < 800\n'.repeat(1000)}`, 'E_THRESHOLD'],
]

const rows = hostile.map(([name, text, code, file = 'a.yaml']) => [name, text, code, file] as const)

test.each(shareOf(rows))('%s: dealt with in reasonable time', (_, text, code, file) => {
  expect(text.length).toBeLessThanOrEqual(MIB + 500_000)
  const spent = costMeter()
  const { problems } = validateScenario(text, file, { env: {} })
  expect(spent()).toBeLessThan(3000)
  expect(problems[0]?.code).toBe(code)
})

/** A scenario near the largest size: hundreds of long texts, thousands of short steps, conditions and thresholds. */
function largeScenario(): string {
  const ask = (
    n: number,
  ) => `  - message: "Question ${n} of {{user.id}}: ${'where is my order, and when will it arrive? '.repeat(23)}"
    name: ask-${n}
    expect: [ { status: 200 }, { contains: order }, { expression: "reply.tokens > ${n}" } ]
    capture: { ticket${n}: $.ticket.id }
`
  const go = (n: number) =>
    `      - { message: "Number ${n} of {{iteration.count}}, {{ticket${n % 500}}}", name: go-${n} }\n      - delay: 1s..3s\n`
  const loop = (n: number) =>
    `  - loop:\n      times: 3\n      steps:\n${Array.from({ length: 40 }, (_, k) => go(n * 40 + k)).join('')}`
  const thresholds = Array.from({ length: 500 }, (_, n) => `  - "ttft{step=ask-${n}} p95 < 1s"\n`).join('')
  const steps = [...Array.from({ length: 500 }, (_, n) => ask(n)), ...Array.from({ length: 75 }, (_, n) => loop(n))]
  return `${HEAD}steps:\n${steps.join('')}thresholds:\n${thresholds}`
}

function timed(action: () => unknown): number {
  const spent = costMeter()
  action()
  return spent()
}

/** Against the YAML parser alone, measured in turn with it: machines differ, and so do their moments. About 3 when this was written. */
const MOST_TIMES_THE_PARSER = 8
/** A round that something disturbed says nothing; what is slow is so in all of them. */
const ROUNDS = 5

test.each(
  shareOf([
    ['a valid scenario', largeScenario(), []],
    ['one with faults', `${largeScenario()}foo: 1\nload: [ { users: 5, for: 10 } ]\n`, ['E_UNKNOWN_KEY', 'E_UNIT']],
  ]),
)('%s of nearly a mebibyte takes a few times as long as to parse it', (_, text, codes) => {
  expect(text.length).toBeGreaterThan(0.9 * MIB)
  expect(text.length).toBeLessThan(MIB)
  const ratios: number[] = []
  do {
    const parse = timed(() => parseDocument(text))
    const validate = timed(() =>
      expect(validateScenario(text, 'a.yaml', { env: {} }).problems.map(({ code }) => code)).toEqual(codes),
    )
    ratios.push(validate / parse)
  } while (Math.min(...ratios) >= MOST_TIMES_THE_PARSER && ratios.length < ROUNDS)
  expect(Math.min(...ratios)).toBeLessThan(MOST_TIMES_THE_PARSER)
})

const valid = `name: fuzz
target: { url: "http://127.0.0.1/\${env.A:-x}", auth: { type: bearer, token: "{{vu}}" } }
vars: { a: &a [ 1, "two" ], b: *a }
load:
  - { users: 5, for: 10s, ramp: 1s }
  - { rate: 20/s, for: 5m }
steps:
  - message: |
      Hi {{user.id}}
    name: open
    expect: [ { status: 200 }, { ttft: "< 1s" } ]
    capture: { ticket: $.ticket.id }
  - delay: 1s..3s
  - loop: { times: 3, steps: [ { message: "part {{loop.index}}" } ] }
  - if: reply.text.contains("refund")
    then: [ { set: { x: "{{ticket}}" } } ]
thresholds: [ errors ratio < 1%, "ttft{step=open} p95 < 800ms" ]
`

/** Whatever the text is: problems with places inside the file, or a scenario, and nothing thrown. */
function holds(text: string, file: string): void {
  const { problems, scenario } = validateScenario(text, file, { env: { A: 'a' } })
  expect(scenario === undefined).toBe(problems.some(({ severity }) => severity === 'error'))
  const lines = text.replace(/^\ufeff/, '').split('\n')
  for (const { line, column, endColumn, frame } of problems) {
    const written = lines[line - 1]
    if (written === undefined) throw new Error(`line ${line} of ${lines.length}`)
    expect(column).toBeGreaterThanOrEqual(1)
    expect(column).toBeLessThanOrEqual(written.length + 1)
    expect(endColumn).toBeGreaterThan(column)
    expect(frame.split('\n').length).toBeLessThanOrEqual(3)
  }
}

test('the scenario that is changed below is valid', () => {
  expect(validateScenario(valid, 'a.yaml', { env: {} }).problems).toEqual([])
})

test.each(['a.yaml', 'a.json', 'a'])('random bytes in %s', (file) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        holds(decodeSource(bytes, file).text, file)
      } catch (error) {
        if (!(error instanceof ScenarioError)) throw error
      }
    }),
    { numRuns: drawn(300) },
  )
})

const snippet = fc.oneof(
  fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ': ',
    '- ',
    '&a ',
    '*a',
    '<<: *a',
    '!x ',
    '|',
    '>',
    '"',
    "'",
    '\n',
    '\t',
    '\r\n',
    '{{',
    '}}',
    '${',
    '$${',
    '#',
    '%',
    '\u{1f600}',
    '\ufeff',
    '1e999',
    '---\n',
    '__proto__: 1',
    'null',
    '~',
  ),
  fc.string({ maxLength: 6 }),
)

test('a valid scenario with pieces cut out and put in', () => {
  const edit = fc.record({ at: fc.nat(valid.length), remove: fc.nat(12), insert: snippet })
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
      const text = edits.reduce(
        (current, { at, remove, insert }) => current.slice(0, at) + insert + current.slice(at + remove),
        valid,
      )
      holds(text, 'a.yaml')
    }),
    { numRuns: drawn(1500) },
  )
})

test.each(['steps', 'load', 'thresholds', 'alerts', 'name', 'seed', 'include'])('a map with a length in place of %s', (key) => {
  const { value } = validateScenario(valid, 'a.yaml', { env: {} })
  for (const length of [{}, { a: 1 }, [], null, 'x']) holds(JSON.stringify({ ...(value as object), [key]: { length } }), 'a.json')
})

test('a map with a length in place of a list is one error', () => {
  const { problems } = validateScenario('name: a\ntarget: { url: "http://127.0.0.1:1/" }\nsteps: { length: {} }\n', 'a.yaml', {})
  expect(problems.map(({ code, message }) => `${code} ${message}`)).toEqual(['E_TYPE expected a list, got a map'])
})

test('a variable with the name length may be a map', () => {
  const { value } = validateScenario(valid, 'a.yaml', { env: {} })
  const { scenario, problems } = validateScenario(
    JSON.stringify({ ...(value as object), vars: { length: { length: { a: 1 } } } }),
    'a.json',
    {},
  )
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([])
  expect(JSON.parse(JSON.stringify(scenario?.vars))).toEqual({ length: { length: { a: 1 } } })
})

test('a valid scenario with other values in its place', () => {
  const { value } = validateScenario(valid, 'a.yaml', { env: {} })
  const keys = ['steps', 'load', 'target', 'vars', 'thresholds', 'name', 'conversation']
  fc.assert(
    fc.property(fc.constantFrom(...keys), fc.jsonValue({ maxDepth: 4 }), (key, replacement) => {
      holds(JSON.stringify({ ...(value as object), [key]: replacement }), 'a.json')
    }),
    { numRuns: drawn(500) },
  )
})
