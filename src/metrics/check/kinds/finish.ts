import { clip, type Test } from './types.ts'

/** For each of burn's finish reasons, the words that APIs use for it. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  stop: ['end_turn', 'stop_sequence', 'completed', 'complete', 'eos', 'eos_token'],
  length: ['max_tokens', 'max_output_tokens', 'model_context_window_exceeded', 'model_length'],
  tool_calls: ['tool_use', 'tool_call', 'function_call'],
  content_filter: ['safety', 'recitation', 'blocklist', 'prohibited_content', 'spii', 'refusal', 'content_filtered'],
}

const MEANING: ReadonlyMap<string, string> = new Map(
  Object.entries(WORDS).flatMap(([word, others]) => others.map((other) => [other, word] as const)),
)

/** Converts an API's finish reason to burn's own word: stop, length, tool_calls or content_filter. Other reasons become lower case. */
export function finishMeaning(reason: string): string {
  const word = reason.toLowerCase()
  return MEANING.get(word) ?? word
}

/** Compiles the `finish` check to a test of a reply's finish reason, given as the API's word, such as `end_turn`, or as burn's, such as `stop`. */
export function finishTest(spec: string | readonly string[]): Test {
  const expected = typeof spec === 'string' ? [spec] : spec
  return ({ exchange: { finishReason } }) => {
    if (finishReason === undefined) return { passed: false, observed: 'no finish reason' }
    const meaning = finishMeaning(finishReason)
    const observed = `finish ${clip(finishReason)}${meaning === finishReason ? '' : ` (${clip(meaning)})`}`
    return { passed: expected.some((one) => one === finishReason || one === meaning), observed }
  }
}
