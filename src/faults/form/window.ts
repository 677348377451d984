/** When an injected fault may act: between two moments of the load. */
import { duration } from '../../fields.ts'

/** The keys of an entry that say when it begins and ends, in ms since the start of the load. */
export const windowKeys = () => ({
  from: duration().optional().describe('When it begins, since the start of the load (default 0s)'),
  until: duration().optional().describe('When it ends, since the start of the load (default: never)'),
})

/** The rule for these keys: an entry ends after it begins. */
export const WINDOW_RULE = {
  path: 'until',
  message: 'must be later than `from`',
  holds: ({ from = 0, until = Number.POSITIVE_INFINITY }: { from?: number | undefined; until?: number | undefined }) =>
    from < until,
} as const
