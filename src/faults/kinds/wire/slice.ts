import { duration, whole } from '../../../fields.ts'
import { formatBytes, formatMs } from '../../../text/units.ts'
import { defineWireFault } from '../../form/wire.ts'

/** The fault `{ slice: 16, gap: 10ms }` on a connection: bytes arrive in pieces of at most this many bytes, with a gap between the pieces. */
export const slice = defineWireFault({
  key: 'slice',
  describe: 'Bytes arrive in small pieces',
  fields: () => ({
    slice: whole(1, 1_048_576).describe('The most bytes in one piece'),
    gap: duration().optional().describe('The pause after a piece (default 0ms)'),
  }),
  build: ({ slice: bytes, gap: gapMs = 0 }) => ({
    words: `slices of ${formatBytes(bytes)}${gapMs > 0 ? `, ${formatMs(gapMs)} apart` : ''}`,
    settings: { bytes, gapMs },
    pieces: { bytes, gapMs },
  }),
})
