import type { Command } from 'commander'
import { EXIT, UsageError } from '../errors.ts'
import { machineLimits } from '../machine.ts'
import { safeJson } from '../text/escape.ts'
import { parseDuration } from '../text/units.ts'
import { loadAll } from './load/load-all.ts'
import { type RunFlags, withUnit } from './load/run-flags.ts'
import { subjectOf } from './load/subject.ts'
import { knownSecrets } from './output/known-secrets.ts'
import { note } from './output/notes.ts'
import { warningText } from './output/problems.ts'
import { forecastData } from './plan/data.ts'
import { type Assumptions, forecast } from './plan/forecast.ts'
import { renderForecast } from './plan/render.ts'
import { stepTree } from './plan/tree.ts'

type PlanFlags = RunFlags & {
  readonly replyTime: string
  readonly inputPrice?: string
  readonly outputPrice?: string
  readonly graph?: boolean
}

/**
 * Runs `burn plan`: prints what each named scenario would do or, with --graph, its steps as a tree, without sending anything. Returns the exit code.
 * @throws UsageError, ScenarioError
 */
export async function planCommand(files: readonly string[], command: Command): Promise<number> {
  const { files: named, flags } = subjectOf(files, command.opts<PlanFlags>(), command)
  const assumed = assumptionsOf(flags)
  const machine = machineLimits()
  const loaded = loadAll(named, flags, command)
  if (flags.graph) {
    // The texts of a scenario may contain secrets, so they are masked.
    for (const { plan, raw } of loaded) process.stdout.write(knownSecrets.redact(stepTree(plan.name, raw)))
    return EXIT.ok
  }
  const forecasts = await Promise.all(
    loaded.map(async ({ plan }) => {
      const urls = plan.targets.map(({ url }) => knownSecrets.redact(url.source))
      return forecast(plan, assumed, { machine, urls, data: await forecastData(plan) })
    }),
  )
  // JSON has no Infinity: an unbounded number is null there.
  const text = flags.json
    ? `${safeJson(forecasts.length === 1 ? forecasts[0] : forecasts, 2)}\n`
    : forecasts.map((one) => renderForecast(one, assumed)).join('\n')
  process.stdout.write(text)
  for (const warning of loaded.flatMap(({ warnings }) => warnings)) note(warningText(warning))
  return EXIT.ok
}

function assumptionsOf(flags: PlanFlags): Assumptions {
  const replyMs = parseDuration(withUnit('--reply-time', flags.replyTime, 's'))
  if (replyMs === undefined) throw new UsageError(`--reply-time ${flags.replyTime}: expected a duration such as 800ms`)
  return {
    replyMs,
    prices: pricesOf(flags),
  }
}

function pricesOf({ inputPrice, outputPrice }: PlanFlags): Assumptions['prices'] {
  const inputPer1M = priceOf('--input-price', inputPrice)
  const outputPer1M = priceOf('--output-price', outputPrice)
  if (inputPer1M === undefined && outputPer1M === undefined) return undefined
  if (inputPer1M !== undefined && outputPer1M !== undefined) return { inputPer1M, outputPer1M }
  throw new UsageError('--input-price and --output-price go together')
}

function priceOf(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const price = Number(text)
  if (text.trim() !== '' && Number.isFinite(price) && price >= 0) return price
  throw new UsageError(`${flag} ${text}: expected the price of a million tokens, such as 0.15`)
}
