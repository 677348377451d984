import { expect, test } from 'vitest'
import { headlineBody } from '../../../src/report/html/sections/head.ts'
import { RESULTS } from '../results.ts'

test('the headline says what was injected, and nothing of it without faults', () => {
  const [result] = Object.values(RESULTS)
  if (result === undefined) throw new Error('no result')
  const kinds = [{ kind: 'latency', drawn: 6, acted: 5, failed: 2 }]
  const wireFaults = { connections: 6, unreached: 0, bytesUp: 1, bytesDown: 1, kinds }
  expect(headlineBody({ ...result, wireFaults }).html).toContain('latency on 5 of 6 connections (2 failed)')
  expect(headlineBody(result).html).not.toContain('Injected faults')
})
