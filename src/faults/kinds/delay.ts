import { durationRange } from '../../fields.ts'
import { defineFault, drawFrom } from '../form/kind.ts'

/**
 * The fault `{ delay: 100ms..2s, probability: 5% }`: delays the start of 5 % of the attempts, chosen at random, by a random time in this range. The
 * delay is not part of any latency.
 */
export const delay = defineFault({
  key: 'delay',
  describe: 'The attempt starts later: other users and arrivals go on, and the wait is part of no latency',
  blamed: false,
  fields: () => ({
    delay: durationRange().describe('How late, such as 500ms or 100ms..2s'),
  }),
  build:
    ({ delay: range }) =>
    (random) => ({ does: 'delay', ms: drawFrom(range, random) }),
})
