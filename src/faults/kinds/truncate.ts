import { percentRange } from '../../fields.ts'
import { defineFault, drawFrom } from '../form/kind.ts'

/** The fault `{ truncate: 50%, probability: 1% }`: removes this fraction from the end of a request's payload. */
export const truncate = defineFault({
  key: 'truncate',
  describe: 'The payload is cut at its end, by one byte or more; lengths that the protocol announces are those of what is sent',
  blamed: true,
  fields: () => ({
    truncate: percentRange().describe('Share of the payload that is cut off, such as 50% or 10%..90%'),
  }),
  build:
    ({ truncate: range }) =>
    (random) => {
      const share = drawFrom(range, random)
      return {
        does: 'alter',
        change: (payload) => {
          if (payload.byteLength === 0) return undefined
          const cut = Math.max(1, Math.round(payload.byteLength * share))
          return Buffer.from(payload.subarray(0, payload.byteLength - cut))
        },
      }
    },
})
