import * as z from 'zod'
import { defineWireFault } from '../../form/wire.ts'

/**
 * The fault `{ blackHole: true }` on a connection: bytes no longer arrive, and neither burn nor the target is notified. With `until`, the bytes are
 * held and arrive then.
 */
export const blackHole = defineWireFault({
  key: 'blackHole',
  describe: 'No bytes arrive any more, and neither side is notified; with `until`, the held bytes arrive then',
  fields: () => ({ blackHole: z.literal(true).describe('true') }),
  build: () => ({ words: 'black hole', settings: {}, swallows: true }),
})
