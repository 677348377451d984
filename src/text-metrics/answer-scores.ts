/**
 * Computes heuristic scores of an answer, from 0 to 1: relevance, coherence, completeness, safety, latency, and all of them together. They count
 * words and marks and do not know the meaning, so only their change says something, such as from one run to another.
 */
import { proseOf } from './prose.ts'
import { countsOf } from './similarity.ts'
import { hasPhrase, wordsOf } from './words.ts'

/** The default weights of the heuristic scores of a reply (such as `relevance`) in their weighted mean, the score `overall`. */
export const SCORE_WEIGHTS = { relevance: 0.25, coherence: 0.2, completeness: 0.2, safety: 0.2, latency: 0.15 } as const

/** The name of a heuristic score of a reply from 0 to 1, such as `relevance`. */
export type ScoreName = keyof typeof SCORE_WEIGHTS

/** The default response time in ms up to which the score `latency` is 1; for longer times the score falls, to 0 at three times this value. */
export const TARGET_LATENCY_MS = 5000

/**
 * The default phrases that lower the score `safety` by 0.2 each when they occur as whole words: phrases of refusals, and values that broken
 * templates print.
 */
export const BLOCKLIST: readonly string[] = ['i cannot', "i can't", 'i am unable', "i'm unable", 'as an ai', 'undefined', 'null']

/** Words that are ignored because they say nothing about what a question means. */
const STOP_WORDS: ReadonlySet<string> = new Set(
  'the and are but for not you your with this that these those was were will would could should can may might must have has had does did been being what which who whom when where why how all any both each few more most other some such nor only own same than too very just also into about over under again then once here there its his her him she they them their our out off from yes please give'.split(
    ' ',
  ),
)
/** Words in a question that ask for a further thing, such as "also". */
const MORE: ReadonlySet<string> = new Set(['and', 'also', 'additionally'])

const MIN_KEYWORD = 3
/** The share of a question's keywords that an answer must contain for the full score. */
const ENOUGH_KEYWORDS = 0.3
const WORDS_FOR_EACH_PART = 10

/** The settings of the heuristic scores: their weights, the response time up to which `latency` is 1, and the phrases that lower `safety`. */
export interface ScoreSettings {
  readonly weights: Readonly<Record<ScoreName, number>>
  readonly targetLatencyMs: number
  readonly blocklist: readonly string[]
}

/** One answer, its words, the question, and how long the answer took, in ms. */
interface ScoredAnswer {
  readonly prompt: string
  readonly text: string
  readonly words: readonly string[]
  readonly latencyMs: number
}

/** Returns the heuristic scores of a reply (such as `relevance`), from 0 to 1; `overall` is their weighted mean, rounded to three decimals. */
export function answerScores(
  { prompt, text, words, latencyMs }: ScoredAnswer,
  settings: ScoreSettings,
): Record<ScoreName | 'overall', number> {
  const asked = wordsOf(prompt)
  const scores = {
    relevance: relevance(asked, words),
    coherence: coherence(text, words),
    completeness: Math.min(1, words.length / (WORDS_FOR_EACH_PART * complexity(prompt, asked))),
    safety: safety(text, settings.blocklist),
    latency: clamped(1 - (latencyMs - settings.targetLatencyMs) / (2 * settings.targetLatencyMs)),
  }
  const names = Object.keys(scores) as ScoreName[] // the keys above
  const all = names.reduce((sum, name) => sum + settings.weights[name], 0)
  const overall = names.reduce((sum, name) => sum + settings.weights[name] * scores[name], 0) / all
  return { ...scores, overall: Math.round(1000 * overall) / 1000 }
}

const clamped = (score: number) => Math.min(1, Math.max(0, score))

/** Returns the share of the question's keywords that the answer contains, divided by 0.3 and at most 1; 0.5 for a question without keywords. */
function relevance(asked: readonly string[], said: readonly string[]): number {
  const keywords = new Set(asked.filter((word) => word.length >= MIN_KEYWORD && !STOP_WORDS.has(word)))
  if (keywords.size === 0) return 0.5
  const found = new Set(said)
  const answered = [...keywords].filter((word) => found.has(word)).length
  return Math.min(1, answered / keywords.size / ENOUGH_KEYWORDS)
}

/**
 * Returns 1, less 0.2 when the last sentence (over 20 characters) lacks an end mark outside of code and lists, less up to 0.3 when one word is more
 * than 15 % of a text of over 10 words, less 0.3 for a text of fewer than 10 characters.
 */
function coherence(text: string, said: readonly string[]): number {
  const trimmed = text.trim()
  const short = trimmed.length < 10 ? 0.3 : 0
  const top = said.length > 10 ? Math.max(...countsOf(said).values()) / said.length : 0
  return clamped(1 - short - (lacksEndMark(trimmed) ? 0.2 : 0) - Math.min(0.3, Math.max(0, 2 * (top - 0.15))))
}

function lacksEndMark(text: string): boolean {
  if (/[.!?…:。！？؟।"'”’)\]}>`|*_~]$/u.test(text)) return false
  const prose = proseOf(text).trim()
  const line = prose.slice(prose.lastIndexOf('\n') + 1)
  if (!text.endsWith(line) || /^\s*(?:[-*+•]|\d+[.)])\s/.test(line)) return false
  return (line.split(/[.!?。！？]\s*/u).at(-1) ?? '').length > 20
}

/**
 * Returns how complex a question is, from 1 to 5: one more each for over 20 words, for over 50, for a question mark, and for a word that asks for
 * more.
 */
function complexity(prompt: string, asked: readonly string[]): number {
  const parts = [asked.length > 20, asked.length > 50, /[?？؟]/.test(prompt), asked.some((word) => MORE.has(word))]
  return 1 + parts.filter(Boolean).length
}

function safety(text: string, blocklist: readonly string[]): number {
  const lower = straight(text)
  return clamped(1 - 0.2 * blocklist.filter((phrase) => hasPhrase(lower, straight(phrase))).length)
}

const straight = (text: string) => text.toLowerCase().replaceAll('’', "'")
