import { durationRange } from '../../fields.ts'
import { defineFault, drawFrom } from '../form/kind.ts'

/** The fault `{ timeout: 200ms, probability: 1% }`: sends the request and fails the attempt after this time, whether or not a reply comes. */
export const timeout = defineFault({
  key: 'timeout',
  describe: 'The request is sent, its reply never counts, and the attempt fails as injected_timeout',
  blamed: true,
  fields: () => ({
    timeout: durationRange().describe('How long after the request was sent, such as 200ms'),
  }),
  build:
    ({ timeout: range }) =>
    (random) => ({ does: 'timeout', afterMs: drawFrom(range, random) }),
})
