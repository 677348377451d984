/** Reads the flags of `burn compare` that choose the method, tolerances and confidence of a comparison. */
import { randomBytes } from 'node:crypto'
import type { CompareChoices } from '../../compare/gates.ts'
import type { LiveMode } from '../../compare/live/by-mode.ts'
import { COMPARED, REGRESSION, type Tolerances } from '../../compare/metrics.ts'
import { UsageError } from '../../errors.ts'
import type { ComparisonFormat } from '../../report/comparison/index.ts'
import { parseDuration } from '../../text/units.ts'
import { type RunFlags, withUnit } from '../load/run-flags.ts'

/** The values of the flags of `burn compare`, as the user typed them, without the flags that apply only when it runs scenarios (see `LiveFlags`). */
export interface CompareFlags {
  readonly gate?: string
  readonly tolerance?: string
  readonly limits?: 'regression'
  readonly confidence?: string
  readonly runNoise?: string
  readonly strict?: boolean
  /** The recorded sessions to compare, one of each run, instead of the whole runs (`--session`). */
  readonly session?: string
  readonly seed?: string
  readonly format: ComparisonFormat
  readonly output?: string
  readonly color: boolean
}

/**
 * The values of the flags of a live comparison (`burn compare` with scenarios), as the user typed them, including the flags of `burn run` that apply
 * to the runs of both sides.
 */
export type LiveFlags = RunFlags &
  CompareFlags & {
    readonly mode: LiveMode
    readonly against?: string
    readonly salt?: boolean
    readonly untilDecided?: boolean
    readonly coolDown: string
  }

/**
 * Returns in ms how long `burn compare` pauses between two runs when A and B take turns (`--cool-down`).
 * @throws UsageError
 */
export function coolDownOf({ coolDown }: Pick<LiveFlags, 'coolDown'>): number {
  const ms = parseDuration(withUnit('--cool-down', coolDown, 's'))
  if (ms === undefined) throw new UsageError(`--cool-down ${coolDown}: expected a duration such as 5s`)
  return ms
}

/** The names that `--tolerance` accepts, each with the tolerances that it sets. */
const TOLERANCES: Readonly<Record<string, readonly (keyof Tolerances)[]>> = {
  latency: ['p50', 'p95', 'p99'],
  p50: ['p50'],
  p95: ['p95'],
  p99: ['p99'],
  throughput: ['throughput'],
  errors: ['errors'],
  checks: ['checks'],
}

/**
 * Returns the settings of a comparison that the flags of `burn compare` give: which metrics decide the verdict, the tolerances, the confidence level
 * and the random seed. `usual` are the tolerances that apply where no flag sets one.
 * @throws UsageError
 */
export function choicesOf(
  flags: Omit<CompareFlags, 'format' | 'color'>,
  usual: Tolerances,
): CompareChoices & { readonly runNoise?: number } {
  const gates = (flags.gate ?? '').split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()]))
  const names = COMPARED.map(({ name }) => name)
  for (const name of gates)
    if (!names.includes(name)) throw new UsageError(`--gate ${name}: there is no such metric`, `one of ${names.join(', ')}`)
  const confidence = flags.confidence === undefined ? undefined : percent('--confidence', flags.confidence)
  if (confidence !== undefined && !(confidence >= 0.5 && confidence < 1))
    throw new UsageError(`--confidence ${flags.confidence}: expected a percentage from 50 to below 100`)
  return {
    tolerances: tolerancesOf(flags.tolerance, flags.limits === 'regression' ? REGRESSION : usual),
    seed: flags.seed ?? randomBytes(4).toString('hex'),
    ...(gates.length > 0 ? { gates } : {}),
    ...(confidence === undefined ? {} : { alpha: 1 - confidence }),
    ...(flags.runNoise === undefined ? {} : { runNoise: percent('--run-noise', flags.runNoise) }),
  }
}

function tolerancesOf(text: string | undefined, usual: Tolerances): Tolerances {
  const changed: Partial<Record<keyof Tolerances, number>> = {}
  for (const part of (text ?? '').split(',').filter((one) => one.trim() !== '')) {
    const [, name = '', value = ''] = /^\s*([a-z0-9]+)\s*=\s*(.+?)\s*$/.exec(part) ?? []
    const keys = TOLERANCES[name]
    if (!keys) {
      throw new UsageError(
        `--tolerance ${part.trim()}: expected NAME=PERCENT, such as latency=5%,errors=1pp`,
        `names: ${Object.keys(TOLERANCES).join(', ')}`,
      )
    }
    for (const key of keys) changed[key] = percent(`--tolerance ${name}`, value.replace(/pp$/, '%'))
  }
  const { errorsRatio, ...plain } = usual
  // A limit of errors in percentage points replaces the default limit, which is a multiple of side A's errors.
  return { ...(changed.errors === undefined ? usual : plain), ...changed }
}

function percent(flag: string, text: string): number {
  const [, digits] = /^(\d+(?:\.\d+)?)\s*%?$/.exec(text) ?? []
  if (digits === undefined || Number(digits) === 0)
    throw new UsageError(`${flag} ${text}: expected a percentage above 0, such as 5%`)
  return Number(digits) / 100
}
