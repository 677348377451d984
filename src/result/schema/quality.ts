import * as z from 'zod'
import { number, numberOrNull, text } from './fields.ts'

/** The schema of the distribution of quality scores from 0 to 1 in a result: their number, mean and percentiles. */
export const shareSummarySchema = z
  .object({
    count: number('Replies to which the measure applies'),
    mean: number('Mean, 0 to 1'),
    p5: number('5th percentile, in hundredths'),
    p50: number('Median, in hundredths'),
    p95: number('95th percentile, in hundredths'),
  })
  .describe('How the values of one measure are distributed')

const measured = () => ({
  measures: z
    .record(z.string(), shareSummarySchema)
    .describe(
      'relevance, coherence, completeness, safety, latency and overall (1 is good); loop, rep4, longestRepeat, repetition, turnSimilarity and sessionSimilarity (0 is good)',
    ),
  flags: z
    .record(z.string(), z.object({ flagged: number('Replies with the flag'), of: number('Replies to which it applies') }))
    .describe(
      'loop, stuck, truncated, refusal, wrongLanguage, sameAnswer: another message of the conversation got the same answer, and sharedAnswer: another session got it to another message',
    ),
})

/**
 * The schema, in `result.json`, of the quality of replies as burn measures it without a model: their scores, and how many replies have a defect such
 * as a loop or a refusal.
 */
export const qualitySchema = z
  .object({
    method: z.literal('heuristic').describe('Words and marks are counted, so only a change of a value says something'),
    measured: number(
      'Replies that were measured: those to messages with a text, ok or failed by a check alone, without warm-ups',
    ),
    leftOut: number('Replies that were not measured, because they came faster than 4 % of the time allows'),
    settings: z
      .object({
        weights: z.record(z.string(), z.number()).describe('How much each score counts in overall'),
        targetLatencyMs: number('Response time up to which the score latency is 1, in ms'),
        blocklist: z.array(z.string()).describe('Texts that lower the score safety'),
        language: z.string().nullable().describe('Language that replies should be in; null for that of each message'),
      })
      .describe('What the scores were computed with'),
    ...measured(),
    steps: z
      .record(z.string(), z.object({ measured: number('Replies of the step that were measured'), ...measured() }))
      .exactOptional()
      .describe('Quality of the replies of each step; left out when there is only one'),
  })
  .describe('Quality of the replies to messages, without a model')

const share = (what: string) =>
  z
    .object({
      part: number('How many'),
      whole: number('Of how many'),
      low: number('Lower bound of their share at 95 % (Wilson), 0 to 1'),
      high: number('Upper bound of their share'),
    })
    .describe(what)

/**
 * Returns the schemas of the result fields about the questions to a judge model: what was asked, and how the questions ended. They are the same for
 * scored and for compared replies.
 */
const askedFields = () => ({
  model: z.string().nullable().describe('Model that was asked; null when the scenario names none'),
  rubric: text('What the model was asked to judge'),
  taskHash: text('sha256 of the instructions with the rubric and the scale: only results with the same one compare'),
  asked: number('Questions that were sent: no attempts of the run, and in none of its totals'),
  remembered: number('Questions that were not sent, because the same model had answered them before').exactOptional(),
  unreadable: number('Answers that were not in the form asked for; no verdict was guessed'),
  failed: number('Questions without an answer, by whatever failed'),
  failures: z.record(z.string(), number('Questions')).describe('Those by failure class'),
  stopped: z
    .enum(['cost', 'signal', 'unreachable', 'local'])
    .nullable()
    .describe(
      'Why not all questions were sent: the next could have exceeded maxCost, a signal, no answer to the first ones, or something on this machine; null when all were',
    ),
  why: z.string().nullable().describe('The first failure in words; null without one'),
  cost: numberOrNull('What the answers cost, in the currency of judge.target.pricing; null without prices'),
  currency: z.string().nullable().describe('That currency, when it is known'),
  unpriced: number('Answers without token counts, whose cost is not known'),
})

/**
 * The schema of the outcome when a judge model compares replies in pairs, each a reply of the run and a reply of the reference run to the same
 * message. It counts the pairs in which the run's reply was better (`wins`), worse (`losses`) or as good (`ties`). The model sees each pair in both
 * orders; a pair whose verdict depends on the order counts as `inconsistent`.
 */
export const pairSummarySchema = z
  .object({
    ...askedFields(),
    pairs: number('Pairs of replies to the same message that could be compared; of a live comparison at most so many'),
    sampled: number('Pairs in the sample'),
    compared: number('Of those, the ones that got a verdict in both orders'),
    wins: number('Pairs in which the reply of the run (B of a comparison) is better in both orders'),
    losses: number('Pairs in which that of the reference (A) is better in both orders'),
    ties: number('Pairs in which neither is better, in both orders'),
    inconsistent: number('Pairs of which the order decided: no win for either'),
    winRate: share('Wins among wins and losses').nullable().describe('Wins among wins and losses; null without either'),
    chance: numberOrNull(
      'Probability of so uneven wins and losses if neither were better (exact sign test); null without either',
    ),
    agreement: z
      .object({
        same: number('Pairs with the same verdict in both orders'),
        of: number('Pairs that got a verdict in both orders'),
        kappa: numberOrNull("The same beyond chance, Cohen's kappa; null when all verdicts were alike"),
      })
      .nullable()
      .describe('How far the model agrees with itself; null without a pair'),
    first: share('Answers other than a tie that take the reply shown first')
      .nullable()
      .describe(
        'How often an answer other than a tie takes the reply that was shown first: one half without a bias; null without such an answer',
      ),
    wordsMore: numberOrNull(
      'Words that the replies of the run (B) have more than those of the reference (A), on average: judges favour long ones; null without a pair',
    ),
  })
  .describe('Which of two replies to the same message a model finds better (`judge` of the scenario)')

/** Returns the schemas of the result fields for scores: of all scores together, or of those for one criterion. */
const scoreFields = () => ({
  scored: number('Of those, the ones that got a score'),
  score: z
    .object({
      mean: number('Mean of the scores'),
      low: numberOrNull('Lower bound of the mean at 95 % (Student); null for fewer than two scores'),
      high: numberOrNull('Upper bound of the mean'),
      min: number('Lowest score'),
      max: number('Highest score'),
    })
    .nullable()
    .describe('The scores; null without any'),
  passed: share('Replies whose score is good enough')
    .nullable()
    .describe('Replies whose score is good enough; null without any score'),
  again: z
    .object({
      replies: number('Replies that were scored twice'),
      same: number('Of those, the ones that were good enough both times, or neither time'),
      kappa: numberOrNull("The same beyond chance, Cohen's kappa; null when all verdicts were alike"),
      difference: number('Mean difference of the two scores'),
    })
    .nullable()
    .describe('How far the model agrees with itself; null when no reply was scored twice'),
})

/** Returns the schemas of the result fields for the scores of one group of replies, such as those of one step. */
const groupFields = () => ({
  replies: number('Replies from which they were drawn').exactOptional(),
  scored: number('Replies with a score'),
  mean: numberOrNull('Mean of their scores; null without any'),
  passed: number('Replies whose score is good enough'),
})

/** The schema, in `result.json`, of the scores that a judge model gave to a sample of the replies. */
export const judgeSchema = z
  .object({
    ...askedFields(),
    scale: z.object({ min: number('The worst score'), max: number('The best score') }).describe('Where scores lie'),
    pass: number('The least score that is good enough'),
    replies: number('Ok replies to messages, with a text, from which the sample was drawn; without warm-ups'),
    sampled: number('Replies in the sample'),
    further: number(
      'Further replies with a score, of steps and flags of which the sample has few; they count in `steps`, `flags` and `lowest` alone',
    ).exactOptional(),
    ...scoreFields(),
    steps: z
      .array(z.object({ step: text('Name of the step'), ...groupFields() }))
      .describe('The scores of each step, from a random sample of its replies'),
    flags: z
      .array(
        z.object({ flag: text('Flag of `quality`, such as truncated, or none: replies with none of them'), ...groupFields() }),
      )
      .exactOptional()
      .describe('The scores of the replies with each flag, and with none; left out when quality was not measured'),
    lowest: z
      .array(
        z.object({
          step: text('Name of the step'),
          message: text('The message, at most 200 characters'),
          reply: text('The reply, at most 200 characters'),
          score: number('Its score'),
          reason: text('Why, as the model says, at most 200 characters; by several criteria, that of the lowest score'),
          criterion: text('That criterion; left out for a judge with one rubric').exactOptional(),
        }),
      )
      .describe('The replies with the lowest scores that are not good enough, at most five'),
    criteria: z
      .array(
        z.object({
          name: text('Name of the criterion'),
          rubric: text('What it looks at'),
          pass: number('The least score that is good enough'),
          ...scoreFields(),
        }),
      )
      .exactOptional()
      .describe(
        'The scores by each criterion; left out for a judge with one rubric. By several, the score of a reply is their mean, and it is good enough when each is',
      ),
  })
  .describe('Scores that a model gave to a sample of the replies, after the load (`judge` of the scenario)')
