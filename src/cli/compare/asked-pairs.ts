/** Asks the judge of a live comparison for each pair of replies which side's reply is better. */
import { winnersOf } from '../../engine/ask-judge.ts'
import type { RunState } from '../../engine/outcome/run-state.ts'
import { Control } from '../../engine/schedule/control.ts'
import type { MaskedSample } from '../../metrics/judge/masked-sample.ts'
import type { ReplyPair } from '../../metrics/judge/pairs.ts'
import type { GradedReply } from '../../metrics/judge/questions.ts'
import { startMockWorker } from '../../mock/spawn.ts'
import type { PairSummary } from '../../result/schema.ts'
import type { Plan } from '../../scenario/compile/plan.ts'
import { knownSecrets } from '../output/known-secrets.ts'
import { note } from '../output/notes.ts'
import { judgements } from '../report/judge/judgements.ts'
import type { Signals } from '../run/recorded/signals.ts'
import type { LiveSide } from './live-sides.ts'
import { withoutSalt } from './salt.ts'

/**
 * Asks the judge model which side of `burn compare` replies better, when that command runs two scenarios, A and B. It first collects a sample of the
 * replies of both; then, for each message that both sides sent, the judge compares the two replies.
 */
export class AskedPairs {
  private readonly plan: Plan
  private readonly runs: Record<LiveSide['arm'], MaskedSample[]> = { a: [], b: [] }

  constructor([a]: readonly [LiveSide, LiveSide]) {
    this.plan = a.loaded.plan
  }

  /** Called when the run of one side has ended: keeps its sampled replies for that side. */
  readonly onOver = ({ arm }: LiveSide, { gradedSample }: RunState): void => {
    if (gradedSample !== undefined) this.runs[arm].push(gradedSample)
  }

  /**
   * Asks the judge which reply of each pair is better, with the pair in both orders; undefined without a judge. A signal stops the questions. Never
   * rejects when the judge fails or does not answer: the summary says so.
   */
  async ask(signals: Signals): Promise<PairSummary | undefined> {
    const { plan } = this
    const { judge } = plan
    if (judge === undefined) return undefined
    const control = new Control()
    signals.attach(control)
    const said = await winnersOf(plan, judge, this.drawn(judge.sample), {
      control,
      interrupted: () => signals.code !== undefined,
      startMock: (settings) => startMockWorker(settings, { port: 0 }),
      onSecret: (value) => knownSecrets.add(value),
      known: judgements(),
      onQuestions: (count) => note(`asking the judge ${count} questions about pairs of replies`),
    })
    // The cast is safe: only texts are changed, and they stay texts.
    return knownSecrets.redactValue(said) as typeof said
  }

  /**
   * Returns at most `size` pairs of replies to the same message, those with the lowest sampling rank first, and the largest number of pairs that the
   * runs could give (`of`). The n-th run of one side is paired with the n-th of the other.
   */
  private drawn(size: number): { readonly sample: readonly ReplyPair[]; readonly of: number } {
    const { a, b } = this.runs
    const both = a.flatMap((one, i) => (b[i] === undefined ? [] : [[one, b[i]] as const]))
    const pairs = both.flatMap(([one, other]) => pairsOf(one, other)).sort((one, other) => one.rank - other.rank)
    const of = both.reduce((sum, [one, other]) => sum + Math.min(one.offered, other.offered), 0)
    return { sample: pairs.slice(0, size).map(({ pair }) => pair), of }
  }
}

/** Pairs the sampled replies of two runs that have the same sampling rank and answer the same message. */
function pairsOf(a: MaskedSample, b: MaskedSample): { readonly rank: number; readonly pair: ReplyPair }[] {
  const ofA = new Map(a.readRanked().map(({ rank, item }) => [rank, withoutSalt(item)]))
  return b.readRanked().flatMap(({ rank, item }) => {
    const [reference, run] = [ofA.get(rank), withoutSalt(item)]
    return reference !== undefined && isSameMessage(reference, run) ? [{ rank, pair: { run, reference } }] : []
  })
}

const isSameMessage = (a: GradedReply, b: GradedReply) => a.step === b.step && a.prompt === b.prompt
