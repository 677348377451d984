/** Makes the table of a suite's tests, the best first; tests that did not pass have no rank. */
import { RANKINGS, type RankedBy } from '../../result/rankings.ts'
import type { SuiteFigures, SuiteTest } from '../../result/suite.ts'
import { formatCount, formatNumber, formatShare, formatValue, UNKNOWN } from '../text/format.ts'

const NAME_CHARACTERS = 60

interface LeagueColumn {
  readonly head: string
  readonly key: keyof SuiteFigures
  readonly text: (value: number, figures: SuiteFigures) => string
  /** True for a column that is left out when no test has a value in it. */
  readonly optional?: true
}

const ms = (value: number) => formatValue(value, 'ms')
const money = (value: number, { currency }: SuiteFigures) => `${formatValue(value, 'currency')}${currency ? ` ${currency}` : ''}`

const COLUMNS: readonly LeagueColumn[] = [
  { head: 'attempts', key: 'attempts', text: formatCount },
  { head: 'errors', key: 'errorRate', text: formatShare },
  { head: 'ok', key: 'okPerSecond', text: (value) => formatValue(value, 'per_second') },
  { head: 'p50', key: 'p50Ms', text: ms },
  { head: 'p95', key: 'p95Ms', text: ms },
  { head: 'p99', key: 'p99Ms', text: ms },
  { head: 'ttft p95', key: 'ttftP95Ms', text: ms, optional: true },
  { head: 'tokens/s', key: 'tokensPerSecond', text: formatNumber, optional: true },
  { head: 'cost', key: 'cost', text: money, optional: true },
  { head: 'cost/1000', key: 'costPerThousand', text: money, optional: true },
]

/**
 * The headings of the columns that the summary table of a suite leaves out on a narrow terminal, one after the other in this order, until the table
 * fits.
 */
export const DISPENSABLE = ['p99', 'p50', 'cost', 'attempts', 'tokens/s', 'ttft p95', 'ok', 'errors', 'cost/1000', 'p95']

/** A table of tests: its headings, and a row for each test. */
interface League {
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** The headings of the columns that are left-aligned in the summary table of a suite (one row for each test). */
export const LEFT_COLUMNS = ['test', 'verdict']

/**
 * Returns the summary table of a suite's tests: first the tests with a rank, then the others in the order of the suite. `name` escapes a test's name
 * and cuts it to a number of characters.
 */
export function leagueOf(tests: readonly SuiteTest[], name: (text: string, characters: number) => string): League {
  const columns = COLUMNS.filter(
    ({ key, optional }) => !optional || tests.some(({ figures }) => typeof figures?.[key] === 'number'),
  )
  const place = ({ rank }: SuiteTest) => rank ?? Number.POSITIVE_INFINITY
  const ordered = [...tests].sort((a, b) => (place(a) === place(b) ? a.number - b.number : place(a) - place(b)))
  return {
    head: ['rank', ...LEFT_COLUMNS, ...columns.map(({ head }) => head)],
    rows: ordered.map((test) => [
      rankText(test, tests),
      name(test.name, NAME_CHARACTERS),
      stateText(test),
      ...columns.map((column) => cellOf(column, test)),
    ]),
  }
}

/** Formats the rank of a test, with "=" when another test has the same rank. */
function rankText({ rank }: SuiteTest, tests: readonly SuiteTest[]): string {
  if (rank === null) return UNKNOWN
  return `${rank}${tests.filter((test) => test.rank === rank).length > 1 ? '=' : ''}`
}

/** Returns how a test of a suite ended, or its progress: `passed`, `not started`, `running`, … */
export function stateText({ status, verdict }: Pick<SuiteTest, 'status' | 'verdict'>): string {
  return (verdict ?? status).replaceAll('_', ' ')
}

function cellOf({ key, text }: LeagueColumn, { figures }: SuiteTest): string {
  const value = figures?.[key]
  if (figures === null || typeof value !== 'number') return UNKNOWN
  return `${figures.fewSamples.includes(key) ? '~' : ''}${text(value, figures)}`
}

/** Explains by which metric the tests of a suite are ranked, or that none has a rank, and what the marks in their table mean. */
export function rankingText(tests: readonly SuiteTest[], rankBy: RankedBy): string {
  const { less } = RANKINGS[rankBy]
  const by = rankBy === 'cost' ? 'cost of 1,000 iterations' : rankBy
  const ranked = tests.filter(({ rank }) => rank !== null)
  if (ranked.length === 0) return `no ranks: no test that passed has a figure for ${by}`
  const marks = [
    ...(ranked.some(({ rank }, at) => ranked.some((other, i) => i !== at && other.rank === rank))
      ? ['= equal in three digits']
      : []),
    ...(tests.some(({ figures }) => figures && figures.fewSamples.length > 0) ? ['~ few samples'] : []),
  ]
  const unranked = tests.length - ranked.length
  const without = unranked === 0 ? [] : [`${unranked} without a rank`]
  return [`ranked by ${by}, ${less ? 'lowest' : 'highest'} first, of the tests that passed`, ...without, ...marks].join(' · ')
}
