import { expect, test } from 'vitest'
import { StepLog } from '../../../src/engine/user/step-log.ts'
import type { MessageStep } from '../../../src/scenario/compile/plan.ts'

const step = (name: string, ...variables: string[]) =>
  ({ name, captures: variables.map((variable) => ({ variable })) }) as unknown as MessageStep

test('what was captured, and what failed with its own words', () => {
  const log = new StepLog()
  log.wrote(step('login', 'token', 'id'), undefined)
  log.wrote(step('pay', 'id'), { class: 'reset', phase: 'stream', message: 'gone' })
  expect([...log.written]).toEqual(['token', 'id'])
  expect(log.failures).toEqual([{ step: 'pay', class: 'reset', message: 'gone' }])
})
