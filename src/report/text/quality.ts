/** Describes the quality of replies. */
import type { Result } from '../../result/schema.ts'
import { formatCount, formatNumber, formatShare } from './format.ts'

export { judgeText } from './judge.ts'

const SCORES = ['relevance', 'coherence', 'completeness', 'safety', 'latency']
/** The words for each flag of quality in reports. */
const FLAGS: Readonly<Record<string, string>> = {
  stuck: 'stuck',
  truncated: 'cut off',
  refusal: 'refused',
  wrongLanguage: 'in another language',
  sameAnswer: 'same answer again',
  sharedAnswer: 'same answer in other sessions',
}

/**
 * Describes the quality of replies in one line, "heuristic 0.81: relevance 0.9, … · stuck 2%": mean scores from 0 to 1, then each defect that
 * occurred with its percentage of the replies in which it can occur, then how many replies were left out, if any. '' when quality was not measured.
 */
export function qualityText({ quality }: Pick<Result, 'quality'>): string {
  if (quality === undefined) return ''
  const { measures, flags, measured, leftOut } = quality
  const scores = SCORES.flatMap((name) => (measures[name] ? [`${name} ${formatNumber(measures[name].mean)}`] : []))
  const overall = measures.overall ? [`heuristic ${formatNumber(measures.overall.mean)}: ${scores.join(', ')}`] : []
  const flagged = Object.entries(FLAGS).flatMap(([name, word]) => {
    const counts = flags[name]
    return counts && counts.flagged > 0 ? [`${word} ${formatShare(counts.flagged / counts.of)}`] : []
  })
  const of = leftOut === 0 ? [] : [`of ${formatCount(measured)} measured, ${formatCount(leftOut)} left out`]
  return [...overall, ...flagged, ...of].join(' · ')
}
