import { expect, test } from 'vitest'
import { UsageError } from '../../../src/errors.ts'
import { createState, resetState, statsOf, updateState } from '../../../src/mock/state/state.ts'

const ARRIVAL = { method: 'GET', path: '/', query: '', headers: {}, route: 'root' }

test('settings are added to those before, and a bad one changes nothing', () => {
  const state = createState({ tokens: 3 })
  updateState(state, { errorRate: 0.5 })
  expect(state.settings).toMatchObject({ tokens: 3, errorRate: 0.5 })
  expect(() => updateState(state, { errorRate: 2 })).toThrow(UsageError)
  expect([state.settings.errorRate, state.overrides]).toEqual([0.5, { tokens: 3, errorRate: 0.5 }])
})

test('after a reset the numbers begin anew, and the end of an older request is not one of them', () => {
  const state = createState({ tokens: 3 })
  const [older, record] = [state.record.begin(ARRIVAL), state.record]
  state.memory.keep('c', [])
  resetState(state)
  record.end(older, 1, false)
  expect(statsOf(state)).toMatchObject({ requests: 0, inFlight: 0 })
  expect([state.memory.recall('c'), state.settings.tokens, state.record.begin(ARRIVAL).k]).toEqual([undefined, 3, 0])
})
