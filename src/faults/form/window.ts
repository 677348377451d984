/** The keys of an entry of `faults` for the time in which the fault may act. */
import { duration } from '../../fields.ts'

/** Returns the schemas of the keys `from` and `until` of a `faults` item: the time in which the fault acts, in ms since the start of the load. */
export const windowKeys = () => ({
  from: duration().optional().describe('When the fault begins to act, since the start of the load (default 0s)'),
  until: duration().optional().describe('When the fault ceases to act, since the start of the load (default: never)'),
})

/** The validation rule that, in a `faults` item, `until` is later than `from`. */
export const WINDOW_RULE = {
  path: 'until',
  message: 'must be later than `from`',
  holds: ({ from = 0, until = Number.POSITIVE_INFINITY }: { from?: number | undefined; until?: number | undefined }) =>
    from < until,
} as const
