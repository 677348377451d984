import { durationRange, wholeRange } from '../../fields.ts'
import { defineFault, drawFrom } from '../form/kind.ts'

const AT_ONCE = { from: 0, to: 0 }

/**
 * The fault `{ duplicate: 1..3, gap: 10ms..100ms, probability: 1% }`: sends extra copies of a request, here 1 to 3, with a gap before each. Replies
 * to the copies are counted and otherwise ignored.
 */
export const duplicate = defineFault({
  key: 'duplicate',
  describe: 'The same bytes are sent again, ids included; the replies to the copies are counted and not used',
  blamed: false,
  fields: () => ({
    duplicate: wholeRange(1, 100).describe('How many copies, such as 1 or 1..3'),
    gap: durationRange().optional().describe('Time before each copy (default 0ms)'),
  }),
  build:
    ({ duplicate: { from, to }, gap = AT_ONCE }) =>
    (random) => ({
      does: 'duplicate',
      gapsMs: Array.from({ length: random.int(from, to) }, () => drawFrom(gap, random)),
    }),
})
