import { expect, test } from 'vitest'
import { ConnectPauses } from '../../../src/engine/schedule/connect-pause.ts'
import { Exchange } from '../../../src/exchange.ts'
import type { PlannedPhase } from '../../../src/scenario/compile/plan.ts'

const PHASES = [{ load: { model: 'closed' } }, { load: { model: 'open' } }] as unknown as PlannedPhase[]
function ended(phase: 'connect' | 'tls' | 'headers' | undefined, sent: boolean): Exchange {
  const exchange = new Exchange(0, { push: () => {}, end: () => {} }, () => {})
  if (sent) exchange.sent(1)
  if (phase === undefined) exchange.finish()
  else exchange.fail('refused', phase, '')
  return exchange
}

test('each failed connect in a row doubles the pause, up to a second', () => {
  const pauses = new ConnectPauses(PHASES)
  const seen = Array.from({ length: 9 }, () => {
    pauses.note(1, ended('connect', false))
    return pauses.pauseMs(1, 0)
  })
  expect(seen).toEqual([10, 20, 40, 80, 160, 320, 640, 1000, 1000])
  expect([pauses.pauseMs(2, 0), pauses.pauseMs(1, 1)]).toEqual([0, 0])
})

test('only what was sent says that there is a connection again', () => {
  const pauses = new ConnectPauses(PHASES)
  pauses.note(1, ended('tls', false))
  pauses.note(1, ended('headers', false))
  expect(pauses.pauseMs(1, 0)).toBe(10)
  pauses.note(1, ended('headers', true))
  expect(pauses.pauseMs(1, 0)).toBe(0)
})
