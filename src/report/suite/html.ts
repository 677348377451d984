/** Renders a suite as one HTML page: the table of its tests, the reasons of those that did not pass, and thresholds and failures of every run. */
import type { Result } from '../../result/schema.ts'
import type { SuiteResult, SuiteTest } from '../../result/suite.ts'
import { formatMs } from '../../text/units.ts'
import { dataBlock } from '../html/page/embedded.ts'
import { type Markup, markup, oneLine } from '../html/page/markup.ts'
import { pageOf } from '../html/page/page.ts'
import { tableOf } from '../html/page/table.ts'
import { failureBody } from '../html/sections/failures.ts'
import { thresholdBody } from '../html/sections/thresholds.ts'
import { formatMoment } from '../text/format.ts'
import { LEFT_COLUMNS, leagueOf, rankingText, stateText } from './league.ts'

/** The largest number of runs whose thresholds and failures are on the page; those that did not pass come first. */
const MAX_RUNS = 100
const NAME_CHARACTERS = 120

/**
 * Renders a suite as an HTML page that loads nothing from the network. `results` holds the result of each test's run that has one, by the test's
 * number in the suite (from 1). Thresholds and failures of at most 100 runs are shown, first of those that did not pass.
 */
export function suitePage(suite: SuiteResult, results: ReadonlyMap<number, Result>): string {
  const bad = suite.tests.filter(({ verdict }) => verdict !== 'passed')
  const ordered = [...bad, ...suite.tests.filter(({ verdict }) => verdict === 'passed')]
  const runs = ordered.flatMap((test) => {
    const result = results.get(test.number)
    return result === undefined ? [] : [{ test, result }]
  })
  const sections: readonly (readonly [id: string, title: string, body: Markup | undefined])[] = [
    ['tests', 'Tests', testTable(suite)],
    ['reasons', 'What did not pass', bad.length === 0 ? undefined : markup`<ul>${bad.map(reasonOf)}</ul>`],
    ['thresholds', 'Thresholds', perRun(runs, thresholdBody, ({ thresholds }) => thresholds.length > 0)],
    ['failures', 'Failures', perRun(runs, failureBody, ({ errors }) => errors.length > 0)],
    ['settings', 'What each test is', settingsTable(suite.tests)],
  ]
  const shown = sections.flatMap(([id, title, body]) => (body === undefined ? [] : [{ id, title, body }]))
  const foot = markup`<p>${rankingText(suite.tests, suite.rankBy)}. The page holds the suite as JSON in the element <code>burn-suite</code>.</p>`
  return pageOf(
    `${suite.verdict}: ${oneLine(suite.suite, NAME_CHARACTERS)}`,
    banner(suite),
    shown,
    foot,
    dataBlock('burn-suite', suite),
  )
}

function banner({ verdict, suite, reason, tests, parallel, durationMs, exitCode, startTime, file }: SuiteResult): Markup {
  const look = verdict === 'passed' ? 'good' : verdict === 'failed' ? 'bad' : 'warn'
  const how = parallel > 1 ? `up to ${parallel} side by side` : 'one after the other'
  const facts = [
    `${tests.length} tests ${how}`,
    formatMs(durationMs),
    `exit ${exitCode}`,
    formatMoment(startTime),
    file ?? 'from flags',
  ]
  return markup`<header class="banner ${look}">
<p class="verdict"><span aria-hidden="true">${verdict === 'passed' ? '✓' : '✗'}</span> ${verdict.toUpperCase()}</p>
<h1>${oneLine(suite, NAME_CHARACTERS)}</h1>
<p class="reason">${oneLine(reason, 2000)}</p>
<p class="meta">${facts.map((fact) => markup`<span>${oneLine(fact)}</span> `)}</p>
</header>`
}

function testTable({ tests }: SuiteResult): Markup {
  const { head, rows } = leagueOf(tests, (text) => oneLine(text, NAME_CHARACTERS))
  const columns = head.map((name) => ({ head: name, numeric: name !== 'rank' && !LEFT_COLUMNS.includes(name) }))
  return tableOf(columns, rows, { caption: 'The tests, the best first' })
}

const reasonOf = (test: SuiteTest) =>
  markup`<li>${oneLine(test.name, NAME_CHARACTERS)}: ${stateText(test)}: ${oneLine(test.reason, 1000)}</li>\n`

interface RunOfTest {
  readonly test: SuiteTest
  readonly result: Result
}

/**
 * Returns one section of each run's own report, such as its failures, folded up; it is open for tests that did not pass. Undefined when no run has
 * such a section.
 */
function perRun(
  runs: readonly RunOfTest[],
  bodyOf: (result: Result) => Markup,
  hasAny: (result: Result) => boolean,
): Markup | undefined {
  const all = runs.filter(({ result }) => hasAny(result))
  if (all.length === 0) return undefined
  const parts = all.slice(0, MAX_RUNS).map(({ test, result }) => {
    const isOpen = test.verdict !== 'passed' && markup` open`
    return markup`<details${isOpen}><summary>${oneLine(test.name, NAME_CHARACTERS)}: ${stateText(test)}</summary>\n${bodyOf(result)}</details>\n`
  })
  const hidden = all.length - parts.length
  return markup`${parts}${hidden > 0 && markup`<p class="more">… ${hidden} more, see the folders of the runs</p>\n`}`
}

function settingsTable(tests: readonly SuiteTest[]): Markup {
  const rows = tests.map(({ name, scenario, settings, folder }) => [
    oneLine(name, NAME_CHARACTERS),
    oneLine(scenario ?? 'from flags', NAME_CHARACTERS),
    oneLine(
      Object.entries(settings)
        .map(([key, value]) => `${key}=${value}`)
        .join(', '),
    ),
    markup`<code>${oneLine(folder ?? '–', NAME_CHARACTERS)}</code>`,
  ])
  const columns = [{ head: 'Test' }, { head: 'Scenario' }, { head: 'Settings', width: 'wide' as const }, { head: 'Folder' }]
  return tableOf(columns, rows, { caption: 'Scenario, settings and folder of each test' })
}
