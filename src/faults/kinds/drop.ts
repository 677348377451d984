import * as z from 'zod'
import { durationRange } from '../../fields.ts'
import { defineFault, drawFrom } from '../form/kind.ts'

const AT_ONCE = { from: 0, to: 0 }

/** The fault `{ drop: reset, probability: 0.1% }`: resets or closes the connection after the request was sent. */
export const drop = defineFault({
  key: 'drop',
  describe: 'The connection ends under a request; what is in flight on it is lost, and it is made again as after any loss',
  blamed: true,
  fields: () => ({
    drop: z
      .enum(['reset', 'close'])
      .describe('reset: a TCP reset; close: an end in good order (FIN), without a farewell of the protocol'),
    after: durationRange().optional().describe('How long after the request was sent (default 0ms)'),
    pause: durationRange().optional().describe('How long the user stays away before it connects again (default 0ms)'),
  }),
  build:
    ({ drop: how, after = AT_ONCE, pause = AT_ONCE }) =>
    (random) => ({ does: 'drop', how, afterMs: drawFrom(after, random), pauseMs: drawFrom(pause, random) }),
})
