import { UsageError } from '../../errors.ts'
import { parseDuration } from '../../text/units.ts'
import { withUnit } from '../load/run-flags.ts'
import type { ReplayFlags } from './flags.ts'
import type { PlayOptions } from './player/player.ts'

const MIN_SPEED = 0.25
const MAX_SPEED = 100

/**
 * Returns how the player of `burn replay` is to play sessions, as its flags say: the speed, the longest wait, where to start, and where to pause.
 * @throws UsageError
 */
export function playOptionsOf({ speed = '1', idleLimit, from, pauseOn }: ReplayFlags): PlayOptions {
  return {
    speed: speedOf(speed),
    idleMs: idleLimit === undefined ? Number.POSITIVE_INFINITY : durationOf('--idle-limit', idleLimit),
    fromMs: from === undefined ? 0 : momentOf(from),
    pauseOnMarks: pauseOn === 'anomalies',
  }
}

function speedOf(text: string): number {
  if (text === 'max') return Number.POSITIVE_INFINITY
  const speed = /^\d+(\.\d+)?x?$/.test(text) ? Number.parseFloat(text) : Number.NaN
  if (speed >= MIN_SPEED && speed <= MAX_SPEED) return speed
  throw new UsageError(`--speed ${text}: expected ${MIN_SPEED} to ${MAX_SPEED}, or max`)
}

function durationOf(flag: string, text: string): number {
  const ms = parseDuration(withUnit(flag, text, 's'))
  if (ms !== undefined) return ms
  throw new UsageError(`${flag} ${text}: expected a duration such as 2s`)
}

/** Parses a moment such as 1:05 or 1:02:03.5, or a duration, to ms. @throws UsageError */
function momentOf(text: string): number {
  if (!text.includes(':')) return durationOf('--from', text)
  const [, hours = '0', minutes = '0', seconds = '0'] = /^(?:(\d{1,3}):)?(\d{1,4}):(\d{1,2}(?:\.\d+)?)$/.exec(text) ?? []
  if (/^(?:\d{1,3}:)?\d{1,4}:\d{1,2}(?:\.\d+)?$/.test(text))
    return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000
  throw new UsageError(`--from ${text}: expected a moment of the session, such as 1:05 or 65s`)
}
