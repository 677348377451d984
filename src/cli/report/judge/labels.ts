/** Reads replies that people have labelled as good or bad, and measures how far a judge agrees with them. */
import { basename, dirname, resolve } from 'node:path'
import { openTable, type Row } from '../../../data/index.ts'
import { type AskOptions, scoresOf } from '../../../engine/ask-judge.ts'
import { UsageError } from '../../../errors.ts'
import { drawnAll } from '../../../metrics/judge/grouped-sample.ts'
import { type GradedReply, gradedReply } from '../../../metrics/judge/questions.ts'
import type { Plan, PlannedJudge } from '../../../scenario/compile/plan.ts'
import { cohensKappa } from '../../../statistics/kappa.ts'
import { knownSecrets } from '../../output/known-secrets.ts'

/** The largest number of labelled replies about which a judge is asked; a scenario has the same limit. */
const MAX_LABELS = 1000

/** A reply, and whether people labelled it as good. */
interface LabelledReply {
  readonly reply: GradedReply
  readonly good: boolean
}

/** How far the verdicts of a judge model on replies agree with the labels (good or not) that people gave to the same replies. */
export interface LabelAgreement {
  /** The number of replies with a label. */
  readonly labelled: number
  /** The number of labelled replies that the judge scored. */
  readonly compared: number
  /** The number of scored replies on which judge and people agree: both find them good, or both do not. */
  readonly same: number
  /** The agreement beyond chance, as Cohen's kappa; null when all verdicts are the same. */
  readonly kappa: number | null
  /** The number of replies that people find good and the judge does not. */
  readonly tooStrict: number
  /** The number of replies that the judge finds good and people do not. */
  readonly tooLenient: number
}

/**
 * Reads labelled replies from a CSV, JSON or JSON Lines file with the columns `message`, `reply` and `good` (true or false). Rejects with UsageError
 * for an invalid row or too many rows, DataError for a file that cannot be read.
 */
export async function readLabels(path: string): Promise<readonly LabelledReply[]> {
  const whole = resolve(path)
  const table = await openTable({ file: basename(whole) }, { baseDir: dirname(whole) })
  try {
    if (table.count > MAX_LABELS)
      throw new UsageError(`--labels ${path}: ${table.count} rows are too many`, `at most ${MAX_LABELS} are scored`)
    return Array.from({ length: table.count }, (_, i) => labelOf(table.row(i), `--labels ${path}, row ${i + 1}`))
  } finally {
    table.close()
  }
}

const VERDICTS: Readonly<Record<string, boolean>> = { true: true, yes: true, 1: true, false: false, no: false, 0: false }

function labelOf({ message, reply, good }: Row, where: string): LabelledReply {
  const isGood = VERDICTS[String(good).trim().toLowerCase()]
  if (typeof message !== 'string' || typeof reply !== 'string' || reply === '')
    throw new UsageError(`${where}: a message and a reply are needed`, 'columns: message, reply, good')
  if (isGood === undefined)
    throw new UsageError(
      `${where}: good is ${JSON.stringify(good) ?? 'missing'}`,
      'true or false, whether people find the reply good',
    )
  const masked = gradedReply({ step: '', prompt: message, text: reply, earlier: [] }, (text) => knownSecrets.redact(text))
  return { reply: masked, good: isGood }
}

/**
 * Asks a judge model about each labelled reply once, and resolves with how far its verdicts agree with the labels. Replies that the judge could not
 * score are left out; a failing judge does not reject the promise.
 */
export async function agreementOf(
  plan: Plan,
  judge: PlannedJudge,
  labels: readonly LabelledReply[],
  options: AskOptions,
): Promise<LabelAgreement> {
  const verdicts = new Map<GradedReply, boolean>()
  const about = drawnAll(labels.map(({ reply }) => reply))
  await scoresOf(plan, { ...judge, askTwice: 0 }, about, options, ({ isGood }, criterion, reply) => {
    if (criterion === undefined) verdicts.set(reply, isGood)
  })
  const pairs = labels.flatMap(({ reply, good }) => {
    const found = verdicts.get(reply)
    return found === undefined ? [] : [[good, found] as const]
  })
  const count = (good: boolean, found: boolean) => pairs.filter(([a, b]) => a === good && b === found).length
  return {
    labelled: labels.length,
    compared: pairs.length,
    same: count(true, true) + count(false, false),
    kappa: cohensKappa(pairs.map(([a, b]) => [String(a), String(b)])),
    tooStrict: count(true, false),
    tooLenient: count(false, true),
  }
}
