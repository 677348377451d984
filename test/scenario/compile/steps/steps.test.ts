import { expect, test } from 'vitest'
import { validateScenario } from '../../../../src/scenario/validate.ts'

test('a step without a name is called by its list and number', () => {
  const step = { request: { path: '/' } }
  const scenario = {
    name: 's',
    target: { url: 'http://127.0.0.1:9/' },
    load: [{ iterations: 1, users: 1 }],
    setup: [step, { ...step, name: 'login' }, step],
    steps: [step, { if: 'true', then: [step] }],
    teardown: [step],
  }
  const { plan } = validateScenario(JSON.stringify(scenario), 's.json')
  const names = plan?.exchanges.map(({ name }) => name)
  expect(names?.toSorted()).toEqual(['login', 'setup-1', 'setup-3', 'step-1', 'step-2', 'teardown-1'])
})
