import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readableTrace } from '../../../src/cli/output/crash.ts'
import { ROOT } from '../harness.ts'

const BUILT = join(ROOT, 'dist/burn.cjs')
const STACK = `Error: broken
    at a0 (${BUILT}:900:40)
    at async ${BUILT}:1200:10
    at node:internal/timers:594:17
    at ${BUILT}:99999999:1`

test('frames of the built program are written as places in the sources, others as they are', () => {
  const [message, first, second, ...others] = readableTrace(STACK, BUILT).split('\n')
  expect(message).toBe('Error: broken')
  for (const frame of [first, second]) expect(frame).toMatch(/^ {4}at (src|node_modules)\/.+\.[jt]s:\d+:\d+$/)
  expect(others[0]).toBe('    at node:internal/timers:594:17')
})

test('a trace stays as it is when there is no map, and when burn runs from its sources', () => {
  expect(readableTrace(STACK, join(ROOT, 'dist/start.cjs'))).toBe(STACK)
  expect(readableTrace(STACK)).toBe(STACK)
})
