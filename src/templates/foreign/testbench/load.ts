import type { Data } from '../../template.ts'
import type { Notes } from '../common/notes.ts'

interface Rates {
  readonly seconds: number
  readonly connections: number
  /** Number of messages per second on each connection. */
  readonly perSecond: number
  readonly burst: number
  readonly rampUp: number
  readonly rampDown: number
}

/** Time in s from one burst to the next in a converted Stream Testbench file, whose format gives a multiplier but no times. A burst lasts 5 s. */
const BURST_EVERY = 30
const BURST_FOR = 5
const MAX_PHASES = 1000

/**
 * Converts the duration, connections and rates of a Stream Testbench file to the phases of a load. Ramps become warm-up phases; when they leave no
 * time for a steady part, they are left out, with a note.
 */
export function phasesOf(rates: Rates, notes: Notes): Data[] {
  const { connections, perSecond } = rates
  const [up, down] = rampsOf(rates, notes)
  const steady = rates.seconds - up - down
  const pace = `${decimal(perSecond)}/s`
  return [
    ...(up > 0 ? [{ name: 'ramp-up', users: { from: 1, to: connections }, for: `${up}s`, pace, warmup: true }] : []),
    ...steadyPhases(rates, steady, notes),
    ...(down > 0 ? [{ name: 'ramp-down', users: { to: 0 }, for: `${down}s`, pace, warmup: true }] : []),
  ]
}

/** Returns the lengths of ramp-up and ramp-down in a Stream Testbench file, in s; both 0, with a note, when they leave no time for a steady part. */
function rampsOf({ seconds, rampUp, rampDown }: Rates, notes: Notes): [number, number] {
  if (rampUp + rampDown < seconds) return [rampUp, rampDown]
  const text = `rates: the ramps take ${rampUp + rampDown}s of ${seconds}s; they were left out`
  notes.add({ severity: 'warning', text, path: ['rates'] })
  return [0, 0]
}

function steadyPhases({ connections, perSecond, burst }: Rates, seconds: number, notes: Notes): Data[] {
  const phase = (name: string, length: number, rate: number): Data => ({
    name,
    users: connections,
    for: `${decimal(length)}s`,
    pace: `${decimal(rate)}/s`,
  })
  if (burst <= 1) return [phase('steady', seconds, perSecond)]
  const rounds = Math.max(1, Math.floor(seconds / BURST_EVERY))
  if (rounds * 2 > MAX_PHASES - 3) {
    notes.add({
      severity: 'warning',
      text: `rates.burstMultiplier was left out: ${rounds} bursts are more phases than a scenario has`,
      path: ['rates', 'burstMultiplier'],
    })
    return [phase('steady', seconds, perSecond)]
  }
  // A run shorter than one round has a single, proportionally shorter burst.
  const every = Math.min(BURST_EVERY, seconds)
  const length = (every * BURST_FOR) / BURST_EVERY
  notes.push(`rates.burstMultiplier: a burst of ${decimal(length)}s every ${decimal(every)}s; the file names no times`)
  const rest = seconds - rounds * every
  const cycles = Array.from({ length: rounds }, (_, index) => [
    phase(`steady-${index + 1}`, every - length, perSecond),
    phase(`burst-${index + 1}`, length, perSecond * burst),
  ])
  return [...cycles.flat(), ...(rest > 0 ? [phase(`steady-${rounds + 1}`, rest, perSecond)] : [])]
}

/** Formats a number with at most three decimals and without an exponent. */
function decimal(value: number): string {
  return String(Number(value.toFixed(3)))
}
