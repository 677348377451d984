import { byteRate } from '../../../fields.ts'
import { formatBytes } from '../../../text/units.ts'
import { defineWireFault } from '../../form/wire.ts'

/** The fault `{ bandwidth: 100KiB/s }` on a connection: lets bytes pass at this rate at most. */
export const bandwidth = defineWireFault({
  key: 'bandwidth',
  describe: 'Bytes pass at a limited rate',
  fields: () => ({ bandwidth: byteRate().describe('How many in a second, in each direction, such as 100KiB/s') }),
  build: ({ bandwidth: bytesPerSecond }) => ({
    words: `bandwidth ${formatBytes(bytesPerSecond)}/s`,
    settings: { bytesPerSecond },
    mostPerMs: bytesPerSecond / 1000,
  }),
})
