/** Compares watched machines and health checks with the bounds of `burn monitor`. */
import { lookText } from '../../report/text/beside/machine.ts'
import { formatShare } from '../../report/text/format.ts'
import type { HealthSummary, WatchedMachine } from '../../result/schema.ts'

/**
 * The limits that `burn monitor` checks, as fractions from 0 to 1: the largest use of CPU and memory, and the smallest availability of a health
 * check. `asked` names those that the user set by flags; only they affect the exit code.
 */
export interface MonitorLimits {
  readonly maxCpu: number
  readonly maxMemory: number
  readonly minAvailability: number
  readonly asked: ReadonlySet<'maxCpu' | 'maxMemory' | 'minAvailability'>
}

/**
 * One limit of `burn monitor` (CPU, memory or availability) for one machine or health check, with the observed value and whether it is within the
 * limit.
 */
export interface CheckedLimit {
  readonly flag: 'cpu' | 'memory' | 'availability'
  /** The name of the machine or health check that the bound is for. Untrusted. */
  readonly of: string
  /** The observed share, from 0 to 1; null when too few readings succeeded. `holds` is false then. */
  readonly observed: number | null
  /**
   * Why the observed share is not known, such as "8 of 10 looks failed: status 503"; '' when it is known or there is no reason to show. Untrusted.
   */
  readonly unknown: string
  readonly limit: number
  readonly holds: boolean
  /** True when the user gave this bound as a flag, so that it affects the exit code. */
  readonly asked: boolean
}

/** The use of CPU and memory, from 0 to 1, below which a machine is called good: it always had room. */
const ROOMY = 0.5

/**
 * A machine that `burn monitor` watches, with its CPU use, memory and other metrics, and whether enough of the readings succeeded to compare them
 * with the limits.
 */
interface SeenMachine {
  readonly machine: WatchedMachine
  readonly isKnown: boolean
}

/**
 * Compares each machine's highest use of CPU and memory, and each health check's availability, with the limits of `burn monitor`; returns whether
 * each limit is kept.
 */
export function checkedLimits(
  machines: readonly SeenMachine[],
  health: readonly HealthSummary[],
  limits: MonitorLimits,
): CheckedLimit[] {
  const { maxCpu, maxMemory, minAvailability, asked } = limits
  const upTo = (flag: 'cpu' | 'memory', { machine, isKnown }: SeenMachine, limit: number, isAsked: boolean): CheckedLimit => {
    const largest = machine.gauges[flag]?.max ?? null
    // A machine may stop answering because it is busy. A bound that was exceeded in an earlier reading stays exceeded.
    const observed = isKnown || (largest !== null && largest > limit) ? largest : null
    const holds = observed !== null && observed <= limit
    return { flag, of: nameOf(machine), observed, unknown: isKnown ? '' : lookText(machine), limit, holds, asked: isAsked }
  }
  return [
    ...machines.flatMap((one) => [
      upTo('cpu', one, maxCpu, asked.has('maxCpu')),
      upTo('memory', one, maxMemory, asked.has('maxMemory')),
    ]),
    ...health.map(({ name, availability }): CheckedLimit => {
      const holds = availability !== null && availability >= minAvailability
      return {
        flag: 'availability',
        of: name,
        observed: availability,
        unknown: '',
        limit: minAvailability,
        holds,
        asked: asked.has('minAvailability'),
      }
    }),
  ]
}

/**
 * Returns the name of a machine that `burn monitor` watches. When it is unknown, returns the host of the machine's node-exporter, or "this machine".
 * The name comes from outside, so it must be escaped before it is printed.
 */
export const nameOf = ({ host, from }: WatchedMachine): string => host ?? (from === null ? 'this machine' : new URL(from).host)

/**
 * Returns a sentence for each limit of `burn monitor` that was exceeded, and for each limit set by a flag whose value could not be observed. If there
 * is none, and CPU and memory were always less than half used, returns one sentence that says so.
 */
export function limitTexts(flags: readonly CheckedLimit[]): string[] {
  const broken = flags.filter(({ holds, observed, asked }) => !holds && (observed !== null || asked))
  const used = flags.filter(({ flag }) => flag !== 'availability')
  const isRoomy = used.length > 0 && used.every(({ observed }) => observed !== null && observed < ROOMY)
  const texts = broken.map(({ flag, of, observed, unknown, limit }) => {
    const bound = `${flag === 'availability' ? 'at least' : 'at most'} ${formatShare(limit)}`
    const name = { cpu: 'CPU peak', memory: 'memory peak', availability: 'availability' }[flag]
    const seen = observed === null ? `unknown${unknown === '' ? '' : ` (${unknown})`}` : formatShare(observed)
    return `${name} of ${of}: ${seen}, expected ${bound}`
  })
  return broken.length === 0 && isRoomy ? ['good: CPU and memory stayed below 50%'] : texts
}
