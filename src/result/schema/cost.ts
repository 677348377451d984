/** The schemas of the parts of a result about money and energy. */
import * as z from 'zod'
import { distributionSchema } from './distribution.ts'
import { number, numberOrNull } from './fields.ts'

/** The schema, in `result.json`, of the energy that a run took. */
export const energySchema = z
  .object({
    joules: number(
      'Energy of the observed GPUs, from before the load to after it; it includes energy that their other users took',
    ),
    source: z
      .enum(['counter', 'power'])
      .describe('`counter`: from their energy counters; `power`: mean power × time, for at least one of them'),
    perThousandTokens: numberOrNull('joules ÷ output tokens × 1,000, warm-ups included; null without any'),
    perSuccess: numberOrNull('joules ÷ attempts that were ok, warm-ups included; null without any'),
  })
  .meta({ id: 'energy', description: 'Energy that the run took' })

/** The schema, in `result.json`, of the cost of a run, in the currency of the prices. */
export const costSchema = z
  .object({
    currency: z.string().nullable().describe('Currency of the prices; null when they name none, or several'),
    total: numberOrNull(
      'Cost of all calls of the measured phases, failed and cut ones included; null when a price is not known, or in several currencies',
    ),
    priced: numberOrNull('Cost of those calls whose price is known; null in several currencies'),
    calls: number('Calls that were answered with something to pay for'),
    unpriced: number('Of these, those without a known price: no token counts, or no prices of their target'),
    failed: numberOrNull('Part of `priced` that went into attempts that failed; null in several currencies'),
    cut: numberOrNull('Part of `priced` that went into attempts that the end of the run cut off; null in several currencies'),
    looped: numberOrNull(
      'Part of `priced` that went into ok replies that are a loop, of those whose quality was measured; null in several currencies, left out with `quality: false`',
    ).exactOptional(),
    wasted: numberOrNull('failed + cut + looped; null in several currencies').exactOptional(),
    outside: numberOrNull('Cost of warm-ups, setup and teardown, which is in no other figure; null in several currencies'),
    perSession: distributionSchema
      .exactOptional()
      .describe(
        'Cost of each iteration that ended; `leftOut` counts those with a call of unknown price. Left out when there are none, and in several currencies',
      ),
    perSuccess: numberOrNull('total ÷ iterations that completed; null when one of them is not known, or there were none'),
    perThousandSessions: numberOrNull('Mean cost of an iteration that ended × 1,000; null when it is not known'),
    perHour: numberOrNull(
      'Price of an hour of the hardware of all targets that say so (`pricing.perHour`); null in several currencies',
    ).exactOptional(),
    perMillionOutput: numberOrNull(
      'That price ÷ output tokens per hour × 1,000,000; null without output tokens, or when a target does not say its price',
    ).exactOptional(),
  })
  .meta({ id: 'cost', description: 'What the run cost' })
