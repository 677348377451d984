import { duration } from '../../../fields.ts'
import { formatMs } from '../../../text/units.ts'
import { defineWireFault } from '../../form/wire.ts'

/** The fault `{ latency: 50ms, jitter: 20ms }` on a connection: bytes arrive later by the latency, plus or minus at most the jitter. */
export const latency = defineWireFault({
  key: 'latency',
  describe: 'Bytes arrive later; their order and the bandwidth stay',
  fields: () => ({
    latency: duration().describe('How much later, such as 50ms'),
    jitter: duration().optional().describe('The delay of each piece is random: up to this much less or more (default 0ms)'),
  }),
  build: ({ latency: byMs, jitter: jitterMs = 0 }) => ({
    words: `latency ${formatMs(byMs)}${jitterMs > 0 ? ` ± ${formatMs(jitterMs)}` : ''}`,
    settings: { latencyMs: byMs, jitterMs },
    late: { byMs, jitterMs },
  }),
})
