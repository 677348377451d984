/** Reads the answers of a judge. An answer that does not have the requested form has no verdict; none is guessed. */
import { isMap, type JsonObject, jsonIn } from '../../text/json.ts'
import type { Rubric } from './rubric.ts'

/** The score that a judge model gave to a reply, and the judge's reason; '' when the judge gave no reason. */
export interface ScoreAnswer {
  readonly score: number
  readonly reason: string
}

/** Which of two replies a judge model found better: the one that it was shown first, the second, or neither. */
type PairAnswer = 'first' | 'second' | 'tie'

/**
 * Reads the score in a judge's answer, which must be a JSON object, alone or in the answer's only code block. Returns undefined for any other answer,
 * and for a score outside the scale from `min` to `max`.
 */
export function readScore(answer: string, { min, max }: Pick<Rubric, 'min' | 'max'>): ScoreAnswer | undefined {
  const { score, reason } = verdictIn(answer) ?? {}
  if (typeof score !== 'number' || !(score >= min && score <= max)) return undefined
  return { score, reason: typeof reason === 'string' ? reason : '' }
}

const WINNERS: Readonly<Record<string, PairAnswer>> = { A: 'first', B: 'second', tie: 'tie' }

/**
 * Reads in a judge's answer which of two replies is better. The answer must be a JSON object, alone or in the answer's only code block. Returns
 * undefined for any other answer, and for one that names no winner.
 */
export function readWinner(answer: string): PairAnswer | undefined {
  const { winner } = verdictIn(answer) ?? {}
  return typeof winner === 'string' && Object.hasOwn(WINNERS, winner) ? WINNERS[winner] : undefined
}

/** Returns the JSON object in a judge's answer, which must be the whole answer or the whole of its only code block; undefined otherwise. */
function verdictIn(answer: string): JsonObject | undefined {
  const blocks = [...answer.matchAll(/```(?:json)?\s*\n([\s\S]*?)```/g)]
  const text = blocks.length === 1 ? (blocks[0]?.[1] ?? '') : answer
  const value = jsonIn(text)
  return isMap(value) ? value : undefined
}
