/** Requests with other bytes. */
import { expect, test } from 'vitest'
import { drawn } from '../drawn.ts'

test('corrupt changes as many bytes as it says, whatever is drawn', () => {
  const payload = Buffer.from('0123456789')
  const changedBytes = (entry: object, seed: number) => {
    const injection = drawn(entry, seed)
    const bytes = injection.does === 'alter' ? injection.change(payload) : undefined
    expect(bytes).toHaveLength(10)
    return [...payload].filter((byte, i) => byte !== bytes?.[i]).length
  }
  expect(Array.from({ length: 50 }, (_, seed) => changedBytes({ corrupt: 4 }, seed))).toEqual(Array(50).fill(4))
  expect(changedBytes({ corrupt: 100 }, 1)).toBe(10)
  expect(payload.toString()).toBe('0123456789')
})
