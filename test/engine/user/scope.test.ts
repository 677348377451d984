import { expect, test } from 'vitest'
import { Conversation } from '../../../src/engine/user/conversation.ts'
import { isScenarioError, newScope, userScope } from '../../../src/engine/user/scope.ts'
import { compileExpression } from '../../../src/language/expression/expression.ts'
import { compileTemplate } from '../../../src/language/template/template.ts'
import { createRandom } from '../../../src/random.ts'
import { planOf } from '../../../src/scenario/compile.ts'
import { scenarioSchema } from '../../../src/scenario/schema/schema.ts'

function filled(own: object, more: object = {}) {
  const scenario = scenarioSchema.parse({ name: 'n', target: { url: 'http://127.0.0.1/' }, steps: [{ message: 'Hi' }], ...own })
  const plan = planOf(scenario, { file: null, baseDir: '.', seed: 's', secrets: [] })
  const facts = {
    plan,
    own: userScope(plan, 4, undefined),
    group: undefined,
    iteration: 7,
    ofUser: 2,
    random: createRandom('s'),
    shared: {},
    rows: {},
    ...more,
  }
  return newScope(facts, new Conversation(plan.conversation))
}

test('before the first reply, `reply` is there and empty', () => {
  expect(filled({})).toMatchObject({ reply: { text: '', status: null }, vu: 4 })
})

test('numbers of user and iteration, from 0 and from 1', () => {
  expect(filled({})).toMatchObject({
    user: { id: 4, number: 5, group: '' },
    iteration: { index: 7, count: 8, ofUser: 2 },
    run: { name: 'n', seed: 's' },
  })
})

test('variables read rows and what setup captured, which wins over a variable of its name', () => {
  const scope = filled(
    { vars: { token: 'default', hello: '{{person.name}} {{token}}' } },
    { rows: { person: { name: 'Ann' } }, shared: { token: 't' } },
  )
  expect([scope.token, scope.hello]).toEqual(['t', 'Ann t'])
})

test('errors of templates and conditions are those of the scenario', () => {
  const thrown = (action: () => unknown) => {
    try {
      return action()
    } catch (error) {
      return error
    }
  }
  expect(isScenarioError(thrown(() => compileTemplate('{{x}}').render({})))).toBe(true)
  expect(isScenarioError(thrown(() => compileExpression('x').evaluate({})))).toBe(true)
  expect(isScenarioError(new TypeError('a bug'))).toBe(false)
})
