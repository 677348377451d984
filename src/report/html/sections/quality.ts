/** Shows the quality of replies: scores and flags computed from their words, and the scores of a judge for a sample of them. */
import type { Result } from '../../../result/schema.ts'
import { formatCount, formatNumber, formatShare, UNKNOWN } from '../../text/format.ts'
import { judgeFlags, judgeText } from '../../text/judge.ts'
import { type Markup, markup, oneLine } from '../page/markup.ts'
import { type TableCell, type TableColumn, tableOf } from '../page/table.ts'

/** Explains each measure and flag of quality in a few words. scenarios/README.md says how they are computed. */
const MEANINGS: Readonly<Record<string, string>> = {
  overall: 'the scores below, weighted',
  relevance: 'has the keywords of the message',
  coherence: 'ends a sentence, and does not use one word again and again',
  completeness: 'has enough words for what was asked',
  safety: 'has none of the texts of the blocklist',
  latency: 'came within targetLatencyMs',
  rep4: 'share of the groups of four words that came before in the same reply',
  longestRepeat: 'longest part that comes twice',
  repetition: 'how much of it says what it said before',
  turnSimilarity: 'likeness to earlier replies of the same conversation',
  sessionSimilarity: 'likeness to what other sessions got to other messages, by groups of three words',
  loop: 'one part is said three times or more in a row',
  stuck: 'a loop, repeated groups of words, or a long part said twice',
  truncated: 'the reply was cut off',
  refusal: 'the model refused',
  wrongLanguage: 'the reply is in another language than the message',
  sameAnswer: 'another message of the conversation got the same answer',
  sharedAnswer: 'another session got the same answer to another message',
}
/** The measures for which 1 is the best value, in the order in which they are shown; for all other measures 0 is the best. */
const GOOD = ['overall', 'relevance', 'coherence', 'completeness', 'safety', 'latency']

/**
 * Returns, for the HTML report, the tables about the quality of replies: scores, and how often replies have a flaw; undefined when quality was not
 * measured.
 */
export function qualityBody({ quality }: Pick<Result, 'quality'>): Markup | undefined {
  if (quality === undefined) return undefined
  const { measures, flags, measured, leftOut, settings } = quality
  const names = [...GOOD.filter((name) => measures[name]), ...Object.keys(measures).filter((name) => !GOOD.includes(name))]
  const scores = names.flatMap((name): TableCell[][] => {
    const of = measures[name]
    if (of === undefined) return []
    const share = (value: number): TableCell => ({ cell: formatNumber(value), value })
    const weight = settings.weights[name]
    return [
      [
        nameOf(name),
        MEANINGS[name] ?? '',
        GOOD.includes(name) ? '1' : '0',
        { cell: weight === undefined ? '' : formatNumber(weight), value: weight ?? null },
        ...[of.mean, of.p5, of.p50, of.p95].map(share),
        { cell: formatCount(of.count), value: of.count },
      ],
    ]
  })
  const flagged = Object.entries(flags).map(([name, { flagged: count, of }]): TableCell[] => [
    nameOf(name),
    MEANINGS[name] ?? '',
    { cell: formatCount(count), value: count },
    { cell: formatCount(of), value: of },
    { cell: formatShare(of === 0 ? null : count / of), value: of === 0 ? null : count / of },
  ])
  const left = leftOut === 0 ? '' : `, ${formatCount(leftOut)} left out: they came faster than they could be measured`
  return markup`<p class="note">Heuristic: words and marks are counted, no model was asked. What is of use is a change between runs, not the value. ${formatCount(measured)} replies were measured${left}.</p>
${tableOf(SCORES, scores, { caption: 'Scores of the replies, from 0 to 1', sortable: true })}
${flagged.length > 0 && tableOf(FLAGS, flagged, { caption: 'Replies with a flag', sortable: true })}`
}

const SCORES: readonly TableColumn[] = [
  { head: 'Measure' },
  { head: 'Meaning', width: 'wide' },
  { head: 'best', numeric: true },
  { head: 'weight', numeric: true, hint: 'How much it counts in overall' },
  { head: 'mean', numeric: true },
  { head: 'p5', numeric: true },
  { head: 'p50', numeric: true },
  { head: 'p95', numeric: true },
  { head: 'replies', numeric: true },
]
const FLAGS: readonly TableColumn[] = [
  { head: 'Flag' },
  { head: 'Meaning', width: 'wide' },
  { head: 'flagged', numeric: true },
  { head: 'of', numeric: true, hint: 'Replies to which it applies' },
  { head: 'share', numeric: true },
]

function nameOf(name: string): Markup {
  return markup`<code>${oneLine(name, 80)}</code>`
}

type JudgeCriterion = NonNullable<NonNullable<Result['judge']>['criteria']>[number]
type JudgeStep = NonNullable<Result['judge']>['steps'][number]

/** Returns the HTML with the scores of a judge model for a sample of the replies; undefined when no judge was asked. */
export function judgeBody({ judge }: Pick<Result, 'judge'>): Markup | undefined {
  if (judge === undefined) return undefined
  const { rubric, again, steps, lowest, why, stopped, asked, criteria = [] } = judge
  const number = (value: number): TableCell => ({ cell: formatNumber(value), value })
  const figures = ({ replies, scored, mean, passed }: Omit<JudgeStep, 'step'>): TableCell[] => [
    replies === undefined ? UNKNOWN : { cell: formatCount(replies), value: replies },
    ...scoreCells(scored, mean, passed),
  ]
  const rows = steps.map((one): TableCell[] => [nameOf(one.step), ...figures(one)])
  const flagged = judgeFlags(judge).map((one): TableCell[] => [
    nameOf(one.flag),
    MEANINGS[one.flag] ?? 'none of these',
    ...figures(one),
  ])
  const worst = lowest.map(({ step, score, message, reply, reason, criterion }): TableCell[] => [
    nameOf(step),
    number(score),
    ...[message, reply, criterion === undefined ? reason : `${criterion}: ${reason}`].map(
      (text) => markup`${oneLine(text, 200)}`,
    ),
  ])
  const kappa = again === null || again.kappa === null ? '' : ` (kappa ${formatNumber(again.kappa)})`
  const agreed =
    again === null ? '' : ` Asked again, it had the same verdict for ${again.same} of ${again.replies} replies${kappa}.`
  const missing = stopped === null && why === null ? '' : ` Not all was answered${why === null ? '' : `: ${oneLine(why, 200)}`}.`
  return markup`<p class="note">${judgeText({ judge }, (text) => oneLine(text, 80))}. ${formatCount(asked)} questions after the load, which are in no other figure.${agreed}${missing}</p>
${criteria.length === 0 && markup`<p class="note">Rubric: ${oneLine(rubric, 1000)}</p>`}
${rows.length > 0 && tableOf(GRADES, rows, { caption: 'Scores of the replies in the sample, by step', sortable: true })}
${flagged.length > 0 && tableOf(FLAG_GRADES, flagged, { caption: 'Scores of the replies in the sample, by what quality flags', sortable: true })}
${criteria.length > 0 && tableOf(CRITERIA, criteria.map(criterionRow), { caption: 'Scores of the replies in the sample, by criterion', sortable: true })}
${worst.length > 0 && tableOf(LOWEST, worst, { caption: 'Replies with the lowest scores', sortable: true })}`
}

function criterionRow({ name, rubric, scored, score, passed, pass }: JudgeCriterion): TableCell[] {
  return [
    nameOf(name),
    ...scoreCells(scored, score?.mean ?? null, passed?.part ?? 0),
    { cell: formatNumber(pass), value: pass },
    markup`${oneLine(rubric, 1000)}`,
  ]
}

/** Returns the cells with the number of scores, their mean, and the share of good ones; without a score, the last two have no figure. */
function scoreCells(scored: number, mean: number | null, passed: number): TableCell[] {
  const share = scored === 0 ? null : passed / scored
  return [
    { cell: formatNumber(scored), value: scored },
    { cell: mean === null ? UNKNOWN : formatNumber(mean), value: mean },
    { cell: formatShare(share), value: share },
  ]
}

const CRITERIA: readonly TableColumn[] = [
  { head: 'Criterion' },
  { head: 'scored', numeric: true },
  { head: 'mean', numeric: true },
  { head: 'good enough', numeric: true },
  { head: 'from', numeric: true, hint: 'The least score that is good enough' },
  { head: 'Rubric', width: 'wide' },
]
const SCORED: readonly TableColumn[] = [
  { head: 'replies', numeric: true, hint: 'From which those that are scored were drawn' },
  { head: 'scored', numeric: true },
  { head: 'mean', numeric: true },
  { head: 'good enough', numeric: true },
]
const GRADES: readonly TableColumn[] = [{ head: 'Step' }, ...SCORED]
const FLAG_GRADES: readonly TableColumn[] = [{ head: 'Flag' }, { head: 'Meaning', width: 'wide' }, ...SCORED]
const LOWEST: readonly TableColumn[] = [
  { head: 'Step' },
  { head: 'score', numeric: true },
  { head: 'Message', width: 'wide' },
  { head: 'Reply', width: 'wide' },
  { head: 'Reason of the judge', width: 'wide' },
]
