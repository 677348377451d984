/** `burn report --quality --judge FILE`: asks a model about the replies that journals hold, alone or beside those of another run. */
import type { Command } from 'commander'
import { scoresOf, winnersOf } from '../../../engine/ask-judge.ts'
import { EXIT, type ExitCode, UsageError } from '../../../errors.ts'
import { GradedSample } from '../../../metrics/judge/graded-sample.ts'
import type { ReplyPair } from '../../../metrics/judge/pairs.ts'
import { type GradedReply, gradedReply } from '../../../metrics/judge/questions.ts'
import type { Plan, PlannedJudge } from '../../../scenario/compile/plan.ts'
import { JournalDamage } from '../../../store/journal/reader.ts'
import { markIncomplete, readResult } from '../../../store/read-result.ts'
import { loadScenarios } from '../../load/load-scenario.ts'
import type { RunFlags } from '../../load/run-flags.ts'
import { knownSecrets } from '../../output/known-secrets.ts'
import { keptReplies } from '../kept-replies.ts'
import { CtrlC } from './ctrl-c.ts'
import type { StoredJudge } from './judge-text.ts'

export { judgeLines } from './judge-text.ts'

/** What is to be asked about: a stored run, perhaps beside another, by the judge of a scenario file. */
interface AskStored {
  readonly run: string
  readonly reference: string | undefined
  readonly file: string
}

/** What the judge says, and the exit code of the command. */
interface StoredAnswers {
  readonly said: StoredJudge
  readonly code: ExitCode
}

/**
 * Asks the judge of the scenario in `file`. The sample is drawn by the seed of the run, which makes it the same each time. The exit code is 0, 3 when
 * nothing was asked or answered, or that of Ctrl-C. @throws UsageError, ScenarioError, InputError
 */
export async function askStored({ run, reference, file }: AskStored, command: Command): Promise<StoredAnswers> {
  const { plan, judge } = judgeIn(file, command)
  const seeded = { ...plan, seed: markIncomplete(readResult(run)).seed }
  const ctrlC = new CtrlC()
  try {
    const about = reference === undefined ? undefined : pairsOf(run, reference, judge.sample, seeded.seed)
    const said =
      about === undefined
        ? { scores: await scoresOf(seeded, judge, repliesOf(run, judge.sample, seeded.seed), ctrlC.options) }
        : { pairs: await winnersOf(seeded, judge, about, ctrlC.options) }
    const { asked, failed } = said.scores ?? said.pairs
    // Texts become texts, all else stays.
    const clean = knownSecrets.redactValue(said) as typeof said
    return { said: clean, code: ctrlC.came ? EXIT.sigint : asked === failed ? EXIT.couldNotTest : EXIT.ok }
  } finally {
    ctrlC.release()
  }
}

function judgeIn(file: string, command: Command): { readonly plan: Plan; readonly judge: PlannedJudge } {
  const [loaded] = loadScenarios(file, command.opts<RunFlags>(), command)
  const judge = loaded?.plan.judge
  if (loaded === undefined || judge === undefined)
    throw new UsageError(`--judge ${file}: the scenario has no judge`, 'write judge: { target: …, rubric: … } beside steps')
  return { plan: loaded.plan, judge }
}

function* storedReplies(run: string): Generator<GradedReply> {
  const damage = new JournalDamage()
  for (const reply of keptReplies(run, markIncomplete(readResult(run)), damage))
    yield gradedReply(reply, (text) => knownSecrets.redact(text))
}

function repliesOf(run: string, size: number, seed: string) {
  const drawn = new GradedSample<GradedReply>(size, seed)
  for (const reply of storedReplies(run)) drawn.offer([drawn.offered], () => reply)
  return { sample: drawn.read(), of: drawn.offered }
}

/** Pairs of replies to the same message of the same step: as many as both runs have. */
function pairsOf(run: string, reference: string, size: number, seed: string) {
  const keyOf = ({ step, prompt }: GradedReply) => JSON.stringify([step, prompt])
  const others = Map.groupBy(storedReplies(reference), keyOf)
  const drawn = new GradedSample<ReplyPair>(size, seed)
  for (const reply of storedReplies(run)) {
    const other = others.get(keyOf(reply))?.shift()
    if (other !== undefined) drawn.offer([drawn.offered], () => ({ run: reply, reference: other }))
  }
  return { sample: drawn.read(), of: drawn.offered }
}
