import { duration } from '../../../fields.ts'
import { formatMs } from '../../../text/units.ts'
import { defineWireFault } from '../../form/wire.ts'

/** The fault `{ slowClose: 2s }` on a connection: when burn or the target closes the connection, the other end notices it only after this time. */
export const slowClose = defineWireFault({
  key: 'slowClose',
  describe: 'The end of the connection arrives later',
  fields: () => ({ slowClose: duration().describe('How much later, such as 2s') }),
  build: ({ slowClose: closeMs }) => ({
    words: `close ${formatMs(closeMs)} late`,
    settings: { closeMs },
    endLateMs: closeMs,
  }),
})
