/** Describes a finished test of a suite in one or two lines. */
import type { SuiteTest } from '../../result/suite.ts'
import { formatMs } from '../../text/units.ts'
import { formatCount, formatShare, formatValue } from '../text/format.ts'
import type { Pen } from '../text/pen.ts'
import { stateText } from './league.ts'

const NAME_CHARACTERS = 60

/**
 * Returns the lines that are printed when a test of a suite has ended: verdict, name, duration, number of attempts, error rate and p95 of the
 * response time, and the reason when it did not pass. `count` is the number of all tests.
 */
export function testLine(test: SuiteTest, count: number, pen: Pen): string[] {
  const { verdict, number, name, reason, durationMs, figures } = test
  const isGood = verdict === 'passed'
  const mark = isGood ? pen.good(pen.marks.pass) : pen.bad(pen.marks.fail)
  const facts = [
    stateText(test),
    ...(durationMs === null ? [] : [formatMs(durationMs)]),
    ...(figures === null
      ? []
      : [
          `${formatCount(figures.attempts)} attempts`,
          `errors ${formatShare(figures.errorRate)}`,
          `p95 ${formatValue(figures.p95Ms, 'ms')}`,
        ]),
  ]
  const head = `${number}/${count} ${pen.safe(name, NAME_CHARACTERS)}: ${facts.join(` ${pen.marks.dot} `)}`
  return [`${mark} ${pen.cut(head, pen.width - 2)}`, ...(isGood ? [] : pen.wrap('    ', pen.safe(reason)))]
}
