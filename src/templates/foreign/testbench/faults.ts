/** Converts `failureInjection` of the tool Stream Testbench to the `faults` of a scenario. */
import type { Data } from '../../template.ts'
import type { ForeignFields } from '../common/fields.ts'
import { driftsOf } from './drift.ts'

/** Entries of `faults` for messages. `share` is the share of all messages that they should hit together, each entry equally many. */
interface Hits {
  readonly fields: ForeignFields
  readonly share: number
  readonly entries: readonly Data[]
}

/** Time between a message and its injected copy. */
const COPY_GAP = '10ms..99ms'
const MAX_COPIES = 100
const DAY_MS = 86_400_000

/** Converts the block `failureInjection` of a Stream Testbench file to items of `faults`; empty when it injects nothing. */
export function convertFaults(block: ForeignFields): Data[] {
  const isOn = block.flag('enabled', false)
  const delayed = part(block, 'networkDelays', 0.05, delays)
  const parts = [
    delayed,
    part(block, 'duplicateMessages', 0.01, copies),
    part(block, 'schemaDrift', 0.001, (fields) => ({ entries: driftsOf(fields) })),
    part(block, 'connectionDrops', 0.001, drops),
  ].filter((one) => one !== undefined)
  block.finish()
  if (!isOn && parts.length > 0) block.note('enabled', 'is false: its faults were left out')
  if (!isOn) return []
  const onWire = delayed?.onWire ? [{ ...delayed.onWire, probability: percentage(delayed.share) }] : []
  return [...onWire, ...inTurn(block, parts)]
}

interface FaultPart {
  readonly entries: readonly Data[]
  /** A fault that is drawn once for each connection instead of each message. */
  readonly onWire?: Data
}

/** Reads one kind of fault from a Stream Testbench file; undefined when it is missing, switched off, or has probability 0. */
function part(
  block: ForeignFields,
  name: string,
  usual: number,
  read: (fields: ForeignFields) => FaultPart,
): (FaultPart & Hits) | undefined {
  if (!block.has(name)) return undefined
  const fields = block.map(name)
  const written = fields.number('probability') ?? usual
  const isOn = fields.flag('enabled', true)
  const made = read(fields)
  fields.finish()
  if (isOn && written > 1) fields.warn('probability', 'is above 1, and was taken for 1')
  if (isOn && written > 0) return { ...made, fields, share: Math.min(1, written) }
  fields.note('', 'never happens, and was left out')
  return undefined
}

/**
 * Gives each entry its probability. A message gets only the first fault that is drawn for it, so later entries need a higher probability than in the
 * file to hit as many messages. The rarest come first, because their probabilities then hardly change.
 */
function inTurn(block: ForeignFields, parts: readonly Hits[]): Data[] {
  const hits = parts.flatMap(({ fields, share, entries }) =>
    entries.map((entry) => ({ fields, entry, share: share / entries.length })),
  )
  if (hits.length > 1)
    block.note(
      '',
      'may hit a message more than once in Stream Testbench; here it gets at most one fault, and each kind as many messages',
    )
  let left = 1
  return hits
    .toSorted((a, b) => a.share - b.share)
    .flatMap(({ fields, entry, share }) => {
      if (left < 1e-9) {
        fields.warn('probability', 'leaves no message for it: all of them get another fault')
        return []
      }
      const probability = Math.min(1, share / left)
      if (share > left + 1e-9) fields.warn('probability', `hits only the ${percentage(left)} of messages without another fault`)
      left -= share
      return [{ ...entry, probability: probability === share ? percentage(share) : percentage(probability, 3) }]
    })
}

/** Formats a share with so many significant digits, at most ten after the point and without an exponent. */
function percentage(share: number, digits = 12): string {
  const text = Number((share * 100).toPrecision(digits)).toFixed(10)
  return `${text.replace(/\.?0+$/, '')}%`
}

function delays(fields: ForeignFields): FaultPart {
  const range = fields.map('rangeMs')
  const from = milliseconds(range, range.number('start', 'min') ?? fields.number('minMs') ?? 50)
  const end = milliseconds(range, range.number('endInclusive', 'end', 'max') ?? fields.number('maxMs') ?? 500)
  range.finish()
  if (end < from) range.problem('', 'ends before it begins')
  const to = Math.max(from, end)
  if (fields.text('layer')?.toLowerCase() === 'socket') {
    fields.note('', 'with layer socket: all bytes of a share of the connections are late, each way, by a relay within burn')
    return { entries: [], onWire: { latency: `${(from + to) / 2}ms`, jitter: `${(to - from) / 2}ms` } }
  }
  fields.note('', 'makes a message late, and its connection makes up for it; Stream Testbench lowers the rate instead')
  return { entries: [{ delay: from === to ? `${from}ms` : `${from}ms..${to}ms` }] }
}

/** Returns a time in a Stream Testbench file in whole ms, limited to what a duration in a scenario may be. */
function milliseconds(fields: ForeignFields, written: number): number {
  if (written < 0 || written > DAY_MS) fields.problem('', `has a time of ${written} ms`, 'from 0 ms to a day')
  return Math.round(Math.min(DAY_MS, Math.max(0, written)))
}

function copies(fields: ForeignFields): FaultPart {
  const written = fields.number('maxDuplicates') ?? 3
  const most = Math.min(MAX_COPIES, Math.max(1, Math.floor(written)))
  if (most !== written) fields.warn('maxDuplicates', `is not a whole number from 1 to ${MAX_COPIES}, and was taken for ${most}`)
  return { entries: [{ duplicate: most === 1 ? 1 : `1..${most}`, gap: COPY_GAP }] }
}

function drops(fields: ForeignFields): FaultPart {
  const pauseMs = milliseconds(fields, fields.number('reconnectDelayMs') ?? 1000)
  fields.note(
    '',
    'fails the message under way; its client comes back after the delay, where that of Stream Testbench stayed away',
  )
  return { entries: [{ drop: 'reset', pause: `${pauseMs}ms` }] }
}
