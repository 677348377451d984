/** Compares the lengths of prompts and replies that a scenario asked for with those that targets reported, in tokens. */
import type { Distribution, GroupMetrics } from '../../result/schema.ts'
import { formatNumber, formatPercentile } from '../text/format.ts'

/** The relative difference between the mean length and the one asked for (0.1 is 10 %) up to which it does not count as a deviation. */
const TOLERANCE = 0.1

/** For people: what it means that texts are shorter (`fewer` tokens) or longer (`more`) than asked for, and what to do. */
interface LengthMeaning {
  readonly fewer: string
  readonly more: string
}

const OUTPUT: LengthMeaning = {
  fewer: 'the model ended replies by itself; vLLM, SGLang and llama.cpp go on to maxTokens with `body: { ignore_eos: true }`',
  more: 'the target does not keep to maxTokens',
}
const INPUT: LengthMeaning = {
  fewer: 'the target cuts prompts off, or its tokens are longer than those of most models',
  more: 'the target adds text of its own, or its tokens are shorter than those of most models',
}

/**
 * Compares the token counts that a scenario asked for, of prompts (`prompt`) and replies (`maxTokens`), with those that the target reported: "output
 * asked 512 mean (p50 480, p95 900), got 410 mean (p50 400, p95 620): 20% fewer, …". Says "got not reported" when the target reported none. '' when
 * the scenario asked for none. The reported counts are left out when some of them belong to attempts for which no length was asked.
 */
export function lengthsText({ distributions }: Pick<GroupMetrics, 'distributions'>): string {
  const { asked_input_tokens, asked_output_tokens, input_tokens, output_tokens, input_of_asked, output_of_asked } = distributions
  return [
    ...lengthText('output', asked_output_tokens, output_tokens, output_of_asked, OUTPUT),
    ...lengthText('input', asked_input_tokens, input_tokens, input_of_asked, INPUT),
  ].join('; ')
}

function lengthText(
  what: string,
  asked: Distribution | undefined,
  got: Distribution | undefined,
  ratio: Distribution | undefined,
  meaning: LengthMeaning,
): string[] {
  if (asked === undefined) return []
  const text = `${what} asked ${spread(asked)}`
  if (ratio?.mean === undefined || ratio.mean === null) return [`${text}, got not reported`]
  const reported = got?.count === ratio.count ? `, got ${spread(got)}` : ', got'
  return [`${text}${reported}${reported === ', got' ? ' ' : ': '}${deviation(ratio.mean, meaning)}`]
}

function deviation(ratio: number, { fewer, more }: LengthMeaning): string {
  if (Math.abs(ratio - 1) <= TOLERANCE) return `${percent(ratio)} of it`
  return ratio < 1 ? `${percent(1 - ratio)} fewer, ${fewer}` : `${percent(ratio - 1)} more, ${more}`
}

const percent = (share: number) => `${Math.round(share * 100)}%`

function spread(tokens: Distribution): string {
  const [p50, p95] = [formatPercentile(tokens, 'p50'), formatPercentile(tokens, 'p95')]
  return `${formatNumber(tokens.mean ?? Number.NaN)} mean (p50 ${p50}, p95 ${p95})`
}
