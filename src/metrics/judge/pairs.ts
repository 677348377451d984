/** Lets a judge compare two replies to the same message, in both orders. When the verdict depends on the order, the pair has none. */
import { createHash } from 'node:crypto'
import type { PairSummary } from '../../result/schema.ts'
import { cohensKappa } from '../../statistics/kappa.ts'
import { mcNemar } from '../../statistics/rates.ts'
import { mean } from '../../statistics/spread.ts'
import { wordsOf } from '../../text-metrics/words.ts'
import { readWinner } from './answers.ts'
import { askedCounts, type JudgeAnswers } from './asked.ts'
import { codeOf, comparingQuestion, comparingTask, type GradedReply } from './questions.ts'
import { shareOf } from './scores.ts'

/** Two replies to the same message: that of the run, and that of the reference run with which it is compared. */
export interface ReplyPair {
  readonly run: GradedReply
  readonly reference: GradedReply
}

type PairWinner = 'run' | 'reference' | 'tie'

/**
 * Returns the questions that ask a judge model which of two replies to the same message is better, the run's or the reference run's. There are two
 * questions per message, one after the other: the first shows the run's reply first, the second the reference reply first.
 */
export function pairQuestions(pairs: readonly ReplyPair[], seed: string): PairQuestion[] {
  const isAnswer = (answer: string) => readWinner(answer) !== undefined
  const question = (first: GradedReply, second: GradedReply, index: number): PairQuestion => ({
    text: comparingQuestion(first, second, codeOf(seed, index)),
    about: comparingQuestion(first, second, ''),
    isAnswer,
  })
  return pairs.flatMap(({ run, reference }, index) => [
    question(run, reference, 2 * index),
    question(reference, run, 2 * index + 1),
  ])
}

/**
 * One question about a pair of replies: its text with and without the code that marks quoted texts, and the function that recognises a valid answer.
 */
interface PairQuestion {
  readonly text: string
  readonly about: string
  readonly isAnswer: (text: string) => boolean
}

/**
 * Computes how often a judge model preferred the run's reply, the reference run's reply, or neither; a pair counts only where the judge said the same
 * in both orders. `asked` holds the judge's answers about the pairs in `sample`, which were drawn from `pairs` pairs.
 */
export function pairSummary(
  { sample, pairs, rubric }: { readonly sample: readonly ReplyPair[]; readonly pairs: number; readonly rubric: string },
  asked: JudgeAnswers,
): PairSummary {
  const { questions, ...facts } = asked
  const answers = questions.map((question) => (question.state === 'answered' ? readWinner(question.text) : undefined))
  const verdicts = sample.flatMap((_, index): (readonly [PairWinner, PairWinner])[] => {
    const [one, other] = [answers[2 * index], answers[2 * index + 1]]
    return one && other ? [[VERDICTS.runFirst[one], VERDICTS.runSecond[other]]] : []
  })
  const same = verdicts.filter(([one, other]) => one === other)
  const count = (verdict: PairWinner) => same.filter(([one]) => one === verdict).length
  const [wins, losses] = [count('run'), count('reference')]
  const decided = answers.filter((answer) => answer === 'first' || answer === 'second')
  const answered = questions.filter(({ state }) => state === 'answered').length
  return {
    ...facts,
    ...askedCounts(asked),
    rubric,
    taskHash: createHash('sha256').update(comparingTask(rubric)).digest('hex'),
    unreadable: answered - answers.filter((answer) => answer !== undefined).length,
    pairs,
    sampled: sample.length,
    compared: verdicts.length,
    wins,
    losses,
    ties: count('tie'),
    inconsistent: verdicts.length - same.length,
    winRate: wins + losses === 0 ? null : shareOf({ part: wins, whole: wins + losses }),
    chance: wins + losses === 0 ? null : mcNemar(losses, wins),
    agreement: verdicts.length === 0 ? null : { same: same.length, of: verdicts.length, kappa: cohensKappa(verdicts) },
    first:
      decided.length === 0
        ? null
        : shareOf({ part: decided.filter((answer) => answer === 'first').length, whole: decided.length }),
    wordsMore: sample.length === 0 ? null : mean(sample.map(({ run, reference }) => wordsIn(run) - wordsIn(reference))),
  }
}

const VERDICTS = {
  runFirst: { first: 'run', second: 'reference', tie: 'tie' },
  runSecond: { first: 'reference', second: 'run', tie: 'tie' },
} as const

const wordsIn = ({ text }: GradedReply) => wordsOf(text).length
