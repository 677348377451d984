/** The command `burn report --quality --judge FILE`: asks a model to score the replies in a journal, or to compare them with those of another run. */
import type { Command } from 'commander'
import { scoresOf, winnersOf } from '../../../engine/ask-judge.ts'
import { EXIT, type ExitCode, UsageError } from '../../../errors.ts'
import type { Plan, PlannedJudge } from '../../../scenario/compile/plan.ts'
import { markIncomplete, readResult } from '../../../store/read-result.ts'
import { loadScenarios } from '../../load/load-scenario.ts'
import type { RunFlags } from '../../load/run-flags.ts'
import { knownSecrets } from '../../output/known-secrets.ts'
import type { OnMeasured } from '../quality.ts'
import { CtrlC } from './ctrl-c.ts'
import type { StoredJudge } from './judge-text.ts'
import { agreementOf, readLabels } from './labels.ts'
import { pairsOf, StoredSample } from './stored-sample.ts'

export { judgeLines } from './judge-text.ts'

/**
 * What a judge is asked about: the replies of a stored run, perhaps compared with those of a reference run. `file` is the scenario with the judge.
 */
interface AskStored {
  readonly run: string
  readonly reference: string | undefined
  readonly file: string
  /** The path of the file with labelled replies; undefined when there is none. */
  readonly labels: string | undefined
}

/** The scores or verdicts of the judge, and the exit code of the command. */
interface StoredAnswers {
  readonly said: StoredJudge
  readonly code: ExitCode
}

/** The questions to a judge about a stored run, before they are asked. */
interface StoredQuestions {
  /** Must be called with each reply of the run and its quality before `ask`; draws the sample. */
  readonly onMeasured: OnMeasured
  /**
   * Asks them. The exit code is 0, that of Ctrl-C, or 3 when there is no question, or none of those that are asked now is answered, whatever was
   * answered before. Rejects with InputError.
   */
  ask(): Promise<StoredAnswers>
}

/**
 * Prepares the questions to a judge model about a sample of the replies of a stored run. `asked` names the run and the scenario file that configures
 * the judge. If it also names a second run (`reference`), the judge is asked which of two replies to the same message is better.
 * @throws UsageError, ScenarioError, InputError
 */
export async function storedQuestions(asked: AskStored, command: Command): Promise<StoredQuestions> {
  const { plan, judge } = judgeIn(asked.file, command)
  const seeded = { ...plan, seed: markIncomplete(readResult(asked.run)).seed }
  const labels = asked.labels === undefined ? undefined : await readLabels(asked.labels)
  const sample = new StoredSample(judge, seeded.seed)
  return { onMeasured: sample.onMeasured, ask: () => askStored(asked, seeded, { judge, sample, labels }) }
}

async function askStored(
  { run, reference }: AskStored,
  seeded: Plan,
  {
    judge,
    sample,
    labels,
  }: { judge: PlannedJudge; sample: StoredSample; labels: Awaited<ReturnType<typeof readLabels>> | undefined },
): Promise<StoredAnswers> {
  const ctrlC = new CtrlC()
  try {
    const about = reference === undefined ? undefined : pairsOf(run, reference, judge.sample, seeded.seed)
    const said =
      about === undefined
        ? { scores: await scoresOf(seeded, judge, sample.draw(), ctrlC.options) }
        : { pairs: await winnersOf(seeded, judge, about, ctrlC.options) }
    const { asked, failed, remembered = 0 } = said.scores ?? said.pairs
    const isAnswered = asked === 0 ? remembered > 0 : failed < asked
    const agreement = labels && { labels: await agreementOf(seeded, judge, labels, ctrlC.options) }
    // The cast is safe: only texts are changed, and they stay texts.
    const clean = knownSecrets.redactValue({ ...said, ...agreement }) as StoredJudge
    return { said: clean, code: ctrlC.came ? EXIT.sigint : isAnswered ? EXIT.ok : EXIT.couldNotTest }
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
