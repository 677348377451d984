/** The table of names that burn keeps, held against what a run shows: neither may have a member that the other lacks. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { findHelper } from '../../src/language/helpers/helpers.ts'
import { startMock } from '../../src/mock/server.ts'
import { BUILT_IN, IN_LOOP, OLD_NAMES, type Shape, unknownMember } from '../../src/scenario/lint/built-in.ts'
import { validateScenario } from '../../src/scenario/validate.ts'
import { chatAt } from '../engine/targets.ts'
import { runScenario } from '../support/run.ts'

const SHOWN = Object.keys(BUILT_IN).filter((name) => name !== 'message')
const show = (names: readonly string[]) => `{${names.map((name) => `"${name}": {{json ${name}}}`).join(', ')} }`

let first: Record<string, unknown>
let second: Record<string, unknown>
let inLoop: Record<string, unknown>
let names: string[]

beforeAll(async () => {
  const mock = await startMock({ firstTokenMs: 0, gapMs: 0, tokens: 3 })
  const { attempts } = await runScenario({
    name: 'scope',
    target: chatAt(mock),
    steps: [
      { message: show(SHOWN) },
      { message: show([...SHOWN, 'message']) },
      { message: '{{#each @root}}{{@key}} {{/each}}' },
      { loop: { times: 1, steps: [{ message: show(Object.keys(IN_LOOP)) }] } },
    ],
  })
  await mock.close()
  const [one = '', two = '', three = '', four = ''] = attempts.map(({ prompt }) => prompt)
  first = JSON.parse(one)
  second = JSON.parse(two)
  names = three.trim().split(' ')
  inLoop = JSON.parse(four)
})

/** Where a value is not what the table says. */
function differences(shape: Shape, value: unknown, path: string): string[] {
  if (shape === 'open') return []
  if (shape === 'text') return typeof value === 'string' || value === null ? [] : [`${path} is no text`]
  if (shape === 'value') return typeof value === 'object' && value !== null ? [`${path} has members`] : []
  if (typeof value !== 'object' || value === null) return [`${path} has no members`]
  const members = new Map(Object.entries(value))
  return [
    ...Object.entries(shape).flatMap(([name, inner]) =>
      members.has(name) ? differences(inner, members.get(name), `${path}.${name}`) : [`a run has no ${path}.${name}`],
    ),
    ...[...members.keys()].filter((name) => !Object.hasOwn(shape, name)).map((name) => `the table lacks ${path}.${name}`),
  ]
}

test('what the table names is there, and nothing else', () => {
  expect(names.toSorted()).toEqual(Object.keys(BUILT_IN).toSorted())
})

test.each(SHOWN)('%s before and after the first reply', (name) => {
  expect(differences(BUILT_IN[name] ?? 'open', first[name], name)).toEqual([])
  expect(differences(BUILT_IN[name] ?? 'open', second[name], name)).toEqual([])
})

test.each(Object.keys(IN_LOOP))('%s inside of a loop', (name) => {
  expect(differences(IN_LOOP[name] ?? 'open', inLoop[name], name)).toEqual([])
})

test('the tokens of a conversation are estimated as its window estimates them', () => {
  const { conversation } = second as { conversation: { tokens: number; lastUser: string; lastAssistant: string } }
  expect(conversation.tokens).toBe(Math.ceil(conversation.lastUser.length / 4) + Math.ceil(conversation.lastAssistant.length / 4))
})

test.each(Object.entries(OLD_NAMES))('%s is %s here, which exists', (_, today) => {
  const [name = '', ...rest] = today.split('.')
  if (findHelper(today)) return
  expect(Object.keys(BUILT_IN)).toContain(name)
  expect(unknownMember({ name, rest, inTemplate: true })).toBeUndefined()
})

test('a run reads loop, and variables as older files write them, in conditions and checks', async () => {
  const mock = await startMock({ firstTokenMs: 0, gapMs: 0, tokens: 1 })
  const { attempts, result } = await runScenario({
    name: 'conditions',
    target: chatAt(mock),
    vars: { x: 1 },
    steps: [
      {
        loop: {
          while: 'loop.index < 2',
          steps: [{ message: 'round {{loop.count}}', expect: [{ expression: 'loop.count > 1' }] }],
        },
      },
      { if: 'var.x == 1 && !has(reply.json.nothing)', then: [{ message: 'then' }], else: [{ message: 'else' }] },
    ],
  })
  await mock.close()
  expect(attempts.map(({ prompt }) => prompt)).toEqual(['round 1', 'round 2', 'then'])
  expect(result.failedMessages).toBe(1)
})

test('the reference lists what the tables hold', () => {
  const reference = readFileSync(join(import.meta.dirname, '..', '..', 'scenarios', 'README.md'), 'utf8')
  const [, old = ''] = /\| there \| here \|\n\| --- \| --- \|\n((?:\|.*\n)+)/.exec(reference) ?? []
  const rows = [...old.matchAll(/^\| `(.*)` \| `(.*)` \|$/gm)].map(([, there, here]) => [there, here])
  expect(Object.fromEntries(rows)).toEqual(OLD_NAMES)
  const [variables = ''] = /^Variables: [\s\S]*?\n\n/m.exec(reference.slice(reference.indexOf('## Templates'))) ?? []
  const conditions = reference.slice(reference.indexOf('**Conditions**'), reference.indexOf('## Checks'))
  for (const [name, shape] of Object.entries({ ...BUILT_IN, loop: IN_LOOP.loop ?? 'open' })) {
    if (typeof shape !== 'object') continue
    const where = name === 'reply' ? conditions : variables
    for (const member of Object.keys(shape)) expect(where).toMatch(new RegExp(`\`(${name})?\\.?${member}\``))
  }
})

const found = (step: unknown, more: object = {}) =>
  validateScenario(JSON.stringify({ name: 't', target: { url: 'http://127.0.0.1/' }, steps: [step], ...more }), 'a.json', {
    env: {},
  }).problems.map(({ code, message, hint }) => `${code} ${message}; ${hint}`)

const iterationHint = 'write iteration.index, or another of index, count, ofUser'

test.each([
  ['{{reply.jsn}}', 'E_UNKNOWN_MEMBER reply has no member jsn; did you mean reply.json?'],
  ['{{iteration.indx}}', 'E_UNKNOWN_MEMBER iteration has no member indx; did you mean iteration.index?'],
  ['{{user.nam}}', 'E_UNKNOWN_MEMBER user has no member nam; user has id, number, group'],
  ['{{conversation.lastUsr}}', 'E_UNKNOWN_MEMBER conversation has no member lastUsr; did you mean conversation.lastUser?'],
  ['{{model.x}}', 'E_UNKNOWN_MEMBER model has no member x; model is a value without members'],
  ['{{run.name.first}}', 'E_UNKNOWN_MEMBER run.name has no member first; run.name is a value without members'],
  ['{{#if reply.okay}}a{{/if}}', 'E_UNKNOWN_MEMBER reply has no member okay; did you mean reply.ok?'],
  ['{{upper reply.txt}}', 'E_UNKNOWN_MEMBER reply has no member txt; did you mean reply.text?'],
  ['{{messageIndex}}', 'E_UNKNOWN_VARIABLE there is no variable messageIndex; write {{conversation.messageIndex}}'],
  [
    '{{iteration}}',
    `W_WHOLE_MAP iteration is a map, and this text will hold its JSON; ${iterationHint} ({{json iteration}} writes all of it)`,
  ],
  [
    'a {{upper user}}',
    'E_WHOLE_MAP user is a map, and a single value is needed here; write user.id, or another of id, number, group ({{json user}} writes all of it)',
  ],
  [
    '{{#if (eq iteration 3)}}a{{/if}}',
    `E_WHOLE_MAP iteration is a map, and a single value is needed here; ${iterationHint} ({{json iteration}} writes all of it)`,
  ],
  ['{{upper}}', 'E_UNKNOWN_VARIABLE there is no variable upper; upper is a helper: write {{upper text}}'],
  ['{{timestamp}}', 'E_UNKNOWN_VARIABLE there is no variable timestamp; write {{isoTimestamp}}'],
  ['{{tokenCount}}', 'E_UNKNOWN_VARIABLE there is no variable tokenCount; write {{conversation.tokens}}'],
  ['{{index}}', 'E_UNKNOWN_VARIABLE there is no variable index; index exists inside of a loop only'],
])('%s in a template', (message, told) => expect(found({ message })).toEqual([told]))

test.each([
  '{{reply.json.a.b}}',
  '{{reply.headers.x-id}}',
  '{{reply.text.length}}',
  '{{json reply}}',
  '{{#if conversation}}a{{/if}}{{#with user}}{{id}}{{/with}}{{default run ""}}{{lookup user "id"}}',
  '{{default reply.json.a 1}}',
])('%s may be there', (message) => expect(found({ message })).toEqual([]))

test.each([
  ['reply.jsn.ok', 'E_UNKNOWN_MEMBER reply has no member jsn; did you mean reply.json?'],
  ['reply.text.length > 5', 'E_UNKNOWN_MEMBER reply.text has no member length; write size(reply.text)'],
  ['has(iteration.indx)', 'E_UNKNOWN_MEMBER iteration has no member indx; did you mean iteration.index?'],
  ['response.contains("x")', 'E_UNKNOWN_VARIABLE there is no variable response; write reply.text'],
  ['loop.index > 1', 'E_UNKNOWN_VARIABLE there is no variable loop; loop exists inside of a loop only'],
  ['iteration % 7 == 0', `E_WHOLE_MAP iteration is a map, and a single value is needed here; ${iterationHint}`],
  ['reply.ok && 3 < iteration', `E_WHOLE_MAP iteration is a map, and a single value is needed here; ${iterationHint}`],
  ['iteration', `E_WHOLE_MAP iteration is a map, and a single value is needed here; ${iterationHint}`],
  ['"3" == string(iteration)', `E_WHOLE_MAP iteration is a map, and a single value is needed here; ${iterationHint}`],
  ['has(reply.json) && size(user) > 2 && reply != null && user == {"id": 1}', undefined],
  ['["index"].exists(key, key in iteration && iteration[key] == 3)', undefined],
  ['var.reply.ok && reply.headers.a == reply.json.b', undefined],
])('%s in a condition', (condition, told) =>
  expect(found({ if: condition, then: [{ message: 'a' }] })).toEqual(told === undefined ? [] : [told]),
)

test.each([
  [{ while: 'loop.index < 2 && loop.count > 0', steps: [{ message: 'a', expect: [{ expression: 'loop.first' }] }] }, []],
  [{ while: 'loop.x', steps: [{ message: 'a' }] }, ['E_UNKNOWN_MEMBER loop has no member x; loop has index, count, first, last']],
])('a loop of %j', (loop, told) => expect(found({ loop })).toEqual(told))

test('a map that fills a value of a body stays a map, in a longer text it is warned of', () => {
  const sent = (value: string) => found({ request: { method: 'POST', json: { user: value } } })
  expect(sent('{{user}}')).toEqual([])
  expect(sent('I am {{user}}')).toEqual([expect.stringMatching(/^W_WHOLE_MAP user is a map/)])
})

test('a variable of the scenario that takes the place of one of burn has members of its own', () => {
  expect(found({ message: '{{user.name}}' }, { vars: { user: { name: 'Ada' } } })).toEqual([
    'W_RESERVED_NAME the variable user hides what burn keeps under this name; choose another name',
  ])
})

test('a data file with a name of burn is warned of, and one called trace where a trace is played', () => {
  const warned = (name: string, load: readonly object[]) =>
    found({ message: 'hi' }, { data: { [name]: { file: 'a.csv' } }, load }).filter((line) => line.startsWith('W_RESERVED'))
  const words = (name: string) =>
    `W_RESERVED_NAME the rows of the data file ${name} and what burn keeps under this name hide each other; choose another name`
  const users = [{ users: 1, for: '1s' }]
  expect(warned('reply', users)).toEqual([words('reply')])
  expect(warned('trace', users)).toEqual([])
  expect(warned('trace', [{ trace: 'a.jsonl' }])).toEqual([words('trace')])
})

test('rows and identities are there for vars', () => {
  const data = { customers: { file: 'customers.csv' } }
  const told = found({ message: '{{greeting}}' }, { data, vars: { greeting: 'Hello {{customers.id}}' } })
  expect(told.filter((line) => !line.startsWith('E_DATA'))).toEqual([])
})
