import * as z from 'zod'
import { defineWireFault } from '../../form/wire.ts'

/** The fault on the wire `{ blackHole: true }`: no bytes arrive, and neither side is notified. */
export const blackHole = defineWireFault({
  key: 'blackHole',
  describe: 'Nothing arrives any more, and nobody is told; with `until`, what was held arrives then',
  fields: () => ({ blackHole: z.literal(true).describe('true') }),
  build: () => ({ words: 'black hole', settings: {}, swallows: true }),
})
