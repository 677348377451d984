/** Reads a price list: in burn's own form (YAML or JSON), or LiteLLM's price list. */
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import * as z from 'zod'
import { readErrorText, UsageError } from '../../../errors.ts'
import { isMap, jsonIn } from '../../../text/json.ts'
import { liteLlmEntry } from './litellm.ts'
import type { PriceEntry, PricingBlock } from './price-list.ts'

/** The units in which burn's own form states prices, each with the factor that converts it to a price per million tokens. */
const UNITS = { 'per-1M': 1, 'per-1K': 1000, 'per-token': 1_000_000 } as const
const price = z.number().min(0)

const entrySchema = z
  .strictObject({
    input: price.optional(),
    output: price.optional(),
    cachedInput: price.optional(),
    cacheWrite: price.optional(),
    cacheWrite1h: price.optional(),
    reasoning: price.optional(),
    perHour: price.optional(),
    unit: z.enum(['per-1M', 'per-1K', 'per-token']).optional(),
    currency: z.string().optional(),
    asOf: z.string().optional(),
  })
  .refine((e) => (e.input === undefined) === (e.output === undefined), 'input and output go together')
  .refine((e) => (e.input ?? e.perHour) !== undefined, 'an entry needs input and output, or perHour')

/** Reads the price list of `--prices`. @throws UsageError when the file cannot be read or an entry is invalid */
export function readPrices(path: string): PriceEntry[] {
  const list = valueIn(path)
  if (!isMap(list)) throw unusable(path, 'expected a map of models to prices')
  const entries = Object.entries(list)
  const isLiteLlm = entries.some(([, entry]) => isMap(entry) && 'input_cost_per_token' in entry)
  const read = isLiteLlm ? entries.flatMap(([model, entry]) => liteLlmEntry(model, entry)) : entries.map(ownEntry(path))
  if (read.length === 0) throw unusable(path, 'there is no price in it')
  return read
}

function valueIn(path: string): unknown {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new UsageError(`--prices ${path}: ${readErrorText(error)}`, undefined, { cause: error })
  }
  const value = jsonIn(text)
  if (value !== undefined) return value
  try {
    return parse(text)
  } catch (error) {
    throw unusable(path, error instanceof Error ? error.message : String(error))
  }
}

const ownEntry =
  (path: string) =>
  ([pattern, written]: [string, unknown]): PriceEntry => {
    const { success, data, error } = entrySchema.safeParse(written)
    if (success) return { pattern, pricing: pricingOf(data) }
    const [issue] = error.issues
    const key = issue?.path.length ? `.${issue.path.join('.')}` : ''
    throw unusable(path, `${pattern}${key}: ${issue?.message ?? 'not a price'}`)
  }

function pricingOf({ unit = 'per-1M', ...entry }: z.infer<typeof entrySchema>): PricingBlock {
  const perMillion = (amount: number | undefined) =>
    amount === undefined ? undefined : Number((amount * UNITS[unit]).toPrecision(15))
  const prices = {
    inputPer1M: perMillion(entry.input),
    cachedPer1M: perMillion(entry.cachedInput),
    cacheWritePer1M: perMillion(entry.cacheWrite),
    cacheWrite1hPer1M: perMillion(entry.cacheWrite1h),
    outputPer1M: perMillion(entry.output),
    reasoningPer1M: perMillion(entry.reasoning),
    perHour: entry.perHour,
    currency: entry.currency,
    asOf: entry.asOf,
  }
  return Object.fromEntries(Object.entries(prices).filter(([, value]) => value !== undefined)) as PricingBlock // the type allows no undefined values
}

function unusable(path: string, why: string): UsageError {
  const form = '"gpt-4o*: { input: 2.5, output: 10, currency: USD, asOf: 2026-01-15 }" per million tokens'
  return new UsageError(`--prices ${path}: ${why}`, `a file has lines such as ${form}, or it is the JSON map of LiteLLM`)
}
