/** Copies of plans: a run and its rehearsals differ in values alone, so that compiled code fits both. */
import { expect, test } from 'vitest'
import { copyOf } from '../../../src/engine/share/plan-copy.ts'
import { planOf } from '../../../src/scenario/compile.ts'
import { scenarioSchema } from '../../../src/scenario/schema/schema.ts'

const scenario = scenarioSchema.parse({
  name: 'copy',
  target: { url: 'http://127.0.0.1:1/', auth: { type: 'bearer', token: 'token' } },
  load: [{ rate: '200/s', for: '100ms' }],
  steps: [{ request: { method: 'GET' } }],
})
const plan = planOf(scenario, { file: null, baseDir: '.', seed: 's', secrets: [] })

test('a copy holds what the plan holds', () => {
  expect(copyOf(plan)).toEqual(plan)
})

test('copies with other parts have the same keys in the same order, and the plan stays as it is', () => {
  const before = { ...plan }
  const targets = plan.targets.map((target) => ({ ...target, auth: undefined, mock: undefined }))
  const other = copyOf(plan, { ...plan, targets, phases: [], flows: [{ steps: [], weight: 2, name: 'other' }], data: {} })
  const own = copyOf(plan)
  expect(Object.keys(other)).toEqual(Object.keys(own))
  expect(other.targets.map(Object.keys)).toEqual(own.targets.map(Object.keys))
  expect(other.flows.map(Object.keys)).toEqual(own.flows.map(Object.keys))
  expect(other.phases).toEqual([])
  expect(plan).toEqual(before)
})
