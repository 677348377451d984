import { expect, test } from 'vitest'
import { compileVariables, orderVariables, VariableCycleError } from '../../src/language/template/variables.ts'

const variable = (name: string, ...reads: string[]) => ({ name, reads })
const names = (...layers: (readonly ReturnType<typeof variable>[])[]) => orderVariables(layers).map(({ name }) => name)

test('variables keep the order of the file, except that each comes after those it reads', () => {
  expect(names([variable('a', 'c'), variable('b'), variable('c', 'd', 'elsewhere'), variable('d')])).toEqual(['d', 'c', 'a', 'b'])
})

test('a later layer lies over the earlier ones, and is what all others read', () => {
  expect(names([variable('greet', 'who'), variable('who')], [variable('who', 'tier'), variable('tier')])).toEqual([
    'tier',
    'who',
    'greet',
  ])
})

test('a variable that reads its own name gets the one below it', () => {
  const lower = { ...variable('who'), from: 'scenario' }
  const upper = { ...variable('who', 'who'), from: 'group' }
  expect(orderVariables([[lower], [upper]]).map(({ from }) => from)).toEqual(['scenario', 'group'])
})

test('variables that need each other are named in their order', () => {
  const run = () => names([variable('x', 'a'), variable('a', 'b'), variable('b', 'c'), variable('c', 'a')])
  expect(run).toThrow(new VariableCycleError(['a', 'b', 'c', 'a']))
  expect(run).toThrow('the variables a → b → c → a need each other')
})

test('a thousand variables, each made from the next', () => {
  const chain = Array.from({ length: 1000 }, (_, index) => variable(`v${index}`, `v${index + 1}`))
  expect(names(chain)).toEqual(chain.map(({ name }) => name).reverse())
})

test('they are rendered one after the other', () => {
  const scope: Record<string, unknown> = { row: { city: 'Kyiv' } }
  const layers = [{ text: '{{greet}} {{n}}', greet: 'Hi {{default who "you"}} in {{row.city}}', who: 'Ann', n: 7 }]
  for (const { name, value } of compileVariables(layers)) scope[name] = value.render(scope)
  expect(scope).toMatchObject({ text: 'Hi Ann in Kyiv 7', n: 7 })
})
