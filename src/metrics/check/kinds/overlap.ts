/** Checks of how much of a reference text the reply has: ROUGE, BLEU and GLEU. */
import { bleu, gleu, rouge } from '../../../text-metrics/overlap.ts'
import { wordsOf } from '../../../text-metrics/words.ts'
import { quoted } from './text.ts'
import type { Test } from './types.ts'

/** Number of characters at the beginning of a text that are compared. */
const MAX_COMPARED = 32 * 1024

const comparedIn = (text: string) => wordsOf(text.slice(0, MAX_COMPARED))

interface RougeSpec {
  readonly to: string
  readonly threshold?: number | undefined
  readonly n?: number | undefined
  readonly mode?: 'f1' | 'recall' | 'precision' | undefined
}

/**
 * Compiles the `rouge-n` check to a test that the ROUGE-n (by default its F1) of the reply's text against a reference is at least the threshold
 * (default 0.75). Only the first 32 Ki characters are compared. With a reference of fewer than n words, the check and its opposite fail.
 */
export function rougeTest(spec: string | RougeSpec): Test {
  const { to, threshold = 0.75, n = 1, mode = 'f1' } = typeof spec === 'string' ? { to: spec } : spec
  const reference = comparedIn(to)
  return scored(`rouge-${n}`, threshold, (words) => rouge(words, reference, n)?.[mode] ?? null)
}

/** Functions that score the words of a text against reference texts, from 0 to 1. */
const SCORES = { bleu, gleu } as const

interface ReferencesSpec {
  readonly to: string | readonly string[]
  readonly threshold?: number | undefined
}

/**
 * Compiles the `bleu` or `gleu` check to a test that this score of the reply's text, compared with one or several references, is at least the
 * threshold (default 0.5). Only the first 32 Ki characters are compared. With references without words, the check and its opposite fail.
 */
export function referencesTest(name: keyof typeof SCORES, spec: string | readonly string[] | ReferencesSpec): Test {
  const { to, threshold = 0.5 } = typeof spec === 'string' || isList(spec) ? { to: spec } : spec
  const references = [to].flat().map(comparedIn)
  return scored(name, threshold, (words) => SCORES[name](words, references))
}

const isList = (spec: object): spec is readonly string[] => Array.isArray(spec) // isArray does not narrow readonly lists

function scored(name: string, threshold: number, score: (words: readonly string[]) => number | null): Test {
  return ({ text }) => {
    const value = score(comparedIn(text))
    if (value === null) return { passed: false, observed: 'the reference has too few words', undecided: true }
    return { passed: value >= threshold, observed: `${name} ${value.toFixed(2)}: ${quoted(text)}` }
  }
}
