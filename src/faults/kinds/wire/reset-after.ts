import { size } from '../../../fields.ts'
import { formatBytes } from '../../../text/units.ts'
import { defineWireFault } from '../../form/wire.ts'

/** The fault `{ resetAfter: 10KiB }` on a connection: resets the connection after this many bytes in one direction. */
export const resetAfter = defineWireFault({
  key: 'resetAfter',
  describe: 'The connection is reset, both ways',
  fields: () => ({
    resetAfter: size().describe('After how many bytes in one direction, such as 10KiB; 0B is before the first'),
  }),
  build: ({ resetAfter: bytes }) => ({
    words: `reset after ${formatBytes(bytes)}`,
    settings: { bytes },
    mostBytes: bytes,
  }),
})
