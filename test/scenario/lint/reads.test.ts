import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { validateScenario } from '../../../src/scenario/validate.ts'

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'burn-lint-'))
  writeFileSync(join(folder, 'orders.csv'), 'order,item\n1,a\n')
  writeFileSync(join(folder, 'bad.csv'), 'order,item\n1\n')
})
afterAll(() => rmSync(folder, { recursive: true }))

const problems = (data: string, message: string) =>
  validateScenario(
    `name: data\ntarget: { url: "mock:" }\ndata: { orders: { file: ${data} } }\nsteps:\n  - message: "${message}"\n`,
    join(folder, 'x.yaml'),
  ).problems.map(({ code, line, column, message: said, hint }) => [code, `${line}:${column}`, said, hint])

test('columns that are there', () => {
  expect(problems('orders.csv', 'order {{orders.order}} of {{orders.item}}')).toEqual([])
})

test('a column that is not there is found in its place', () => {
  expect(problems('orders.csv', 'order {{orders.ordr}}')).toEqual([
    ['E_UNKNOWN_COLUMN', '5:23', 'orders has no column ordr', 'did you mean orders.order?'],
  ])
})

test.each([
  ['orders.item == "a"', undefined],
  ['reply.ok && orders.itm == "a"', ['E_UNKNOWN_COLUMN', '5:21', 'orders has no column itm', 'did you mean orders.item?']],
  ['contains:orders.itm', undefined],
])('a column in the condition %s', (condition, told) => {
  const text = `name: data\ntarget: { url: "mock:" }\ndata: { orders: { file: orders.csv } }\nsteps:\n  - if: ${condition}\n    then: [ { message: hi } ]\n`
  const { problems: found } = validateScenario(text, join(folder, 'x.yaml'))
  const said = found.map(({ code, line, column, message, hint }) => [code, `${line}:${column}`, message, hint])
  expect(said).toEqual(told === undefined ? [] : [told])
})

test.each([
  ['missing.csv', /missing\.csv/],
  ['bad.csv', /bad\.csv:2/],
  ['../outside.csv', /outside/],
])('a file that cannot be used: %s', (file, said) => {
  const [problem, ...others] = problems(file, 'x')
  expect(others).toEqual([])
  expect(problem).toEqual(['E_DATA', '3:25', expect.stringMatching(said), expect.anything()])
})
