import { type RangeEnds, wholeRange } from '../../fields.ts'
import type { Random } from '../../random.ts'
import { type ChangeBytes, defineFault } from '../form/kind.ts'

/** The fault `{ corrupt: 1..8, probability: 1% }`: changes a random number of bytes, from this range, of a request's payload. */
export const corrupt = defineFault({
  key: 'corrupt',
  describe: 'Some bytes of the payload are changed; its length stays',
  blamed: true,
  fields: () => ({
    corrupt: wholeRange(1, 65_536).describe('How many bytes, such as 1 or 1..8; of a shorter payload, all'),
  }),
  build:
    ({ corrupt: range }) =>
    (random) => ({ does: 'alter', change: corrupter(range, random) }),
})

/**
 * Returns a function that changes random bytes of a payload. All random numbers are drawn at once, so that later draws do not depend on the payload.
 */
function corrupter({ from, to }: RangeEnds, random: Random): ChangeBytes {
  const changes = Array.from({ length: random.int(from, to) }, () => ({ at: random.next(), by: random.int(1, 255) }))
  return (payload) => {
    if (payload.byteLength === 0) return undefined
    const bytes = Buffer.from(payload)
    const touched = new Set<number>()
    for (const { at, by } of changes) {
      if (touched.size === bytes.length) break
      let place = Math.floor(at * bytes.length)
      // Each byte is changed only once, because a second change could undo the first.
      while (touched.has(place)) place = (place + 1) % bytes.length
      touched.add(place)
      bytes[place] = (bytes[place] ?? 0) ^ by
    }
    return bytes
  }
}
