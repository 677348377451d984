/** Whether burn is in front on its terminal. */
import { expect, test } from 'vitest'
import { leadsTerminal } from '../../../../src/cli/output/live/foreground.ts'

test.each([
  ['12 (node) S 1 12 12 34816 12 4194304', true],
  ['12 (node) S 1 12 10 34816 10 4194304', false],
  ['12 (a) b (c) S 1 12 12 34816 12 0', true],
  ['12 (node) S 1 12 12 0 -1 0', false],
  ['', false],
])('%j is in the foreground: %s', (stat, isInFront) => expect(leadsTerminal(stat)).toBe(isInFront))
