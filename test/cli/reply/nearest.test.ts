import { describe, expect, test } from 'vitest'
import { nearestPlaces } from '../../../src/cli/reply/nearest.ts'
import { costMeter } from '../../support/cost.ts'

describe('nearest paths', () => {
  const paths = (wanted: string, value: unknown) => nearestPlaces(wanted, [value], () => true).map(({ path }) => path)

  test.each([
    ['$.data.replies.text', { data: { reply: { text: 'x' } } }, '$.data.reply.text'],
    ['$.reply', { result: { output: { reply: 'x' } } }, '$.result.output.reply'],
    ['$.a.userName', { a: { user_name: 'x', other: 1 } }, '$.a.user_name'],
    ['$["odd key"].x', { 'odd keys': { x: 1 } }, '$["odd keys"].x'],
  ])('%s', (wanted, value, nearest) => {
    expect(paths(wanted, value)[0]).toBe(nearest)
  })

  test('nothing alike, nothing said; a wide reply costs no more than it must', () => {
    expect(paths('$.conversation.identifier', { q: 1 })).toEqual([])
    const wide = Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`key${i}`, i]))
    const spent = costMeter()
    expect(paths('$.key1', wide)).toContain('$.key1')
    expect(spent()).toBeLessThan(2000)
  })
})
