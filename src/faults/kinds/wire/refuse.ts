import * as z from 'zod'
import { defineWireFault } from '../../form/wire.ts'

/** The fault `{ refuse: true }` on connections: refuses new connections. */
export const refuse = defineWireFault({
  key: 'refuse',
  describe: 'New connections are refused',
  fields: () => ({ refuse: z.literal(true).describe('true') }),
  build: () => ({ words: 'connections refused', settings: {}, refuses: true }),
})
