/**
 * Converts `failureInjection` of Stream Testbench to steps: each message draws random numbers, and branches apply the drawn faults. Copies
 * repeat the same bytes. Copies and messages with schema drift have their own step names, and the latter a tag, so that they are reported
 * separately. Dropped connections count as no message, and delays postpone later messages.
 */
import type { Data } from '../../template.ts'
import type { ForeignFields } from '../common/fields.ts'
import { mutationsOf } from './drift.ts'

/** The steps that stand for the ways in which Stream Testbench sends a message: normally, as a copy, with a changed schema, or before disconnecting. */
export interface Sending {
  readonly payload: Data
  /** Returns a step called `name` that sends the variable `payload`; the step `duplicate` sends the same bytes again. */
  readonly send: (name: 'send' | 'duplicate') => Data
  /** Returns a step that sends a payload to which these mutations are applied. */
  readonly sendDrifted: (mutations: readonly Data[]) => Data
  /** A step that drops the connection; undefined for protocols without such a step. */
  readonly drop: Data | undefined
}

const LOTS = 1_000_000
/** Range of the delay between a message and its copy. */
const COPY_DELAY = '10ms..99ms'
const DRIFTED = { drift: 'schema' } as const

/**
 * Makes the steps of one iteration: those that send the message (`sending`), and for each fault of a Stream Testbench file (its block
 * `failureInjection`, here `faults`) a branch that causes the fault at random.
 */
export function stepsWithFaults(faults: ForeignFields, sending: Sending): Data[] {
  const on = faults.flag('enabled', false)
  const parts = {
    delay: delays(faults),
    drift: drift(faults, sending),
    copy: copies(faults, sending),
    drop: drops(faults, sending),
  }
  faults.finish()
  if (!on && Object.values(parts).some((part) => part !== undefined)) faults.note('enabled', 'is false: its faults were left out')
  const { delay, drift: drifted, copy, drop } = on ? parts : ({} as Partial<typeof parts>)
  const lots = Object.fromEntries(
    Object.entries(on ? parts : {}).flatMap(([name, part]) => (part ? [[`${name}Lot`, `{{randomInt 1 ${LOTS}}}`]] : [])),
  )
  const send = { ...sending.send('send'), payload: sending.payload }
  return [
    // A copy reads the payload made by the step before it; until then the variable is null.
    ...(Object.keys(lots).length > 0 ? [{ set: copy ? { payload: null, ...lots } : lots }] : []),
    ...(delay ? [{ if: happens('delay', delay), then: delay.steps }] : []),
    drifted ? { if: happens('drift', drifted), then: drifted.steps, else: [send] } : send,
    ...(copy ? [{ if: happens('copy', copy), then: copy.steps }] : []),
    ...(drop ? [{ if: happens('drop', drop), then: drop.steps }] : []),
  ]
}

interface Part {
  /** The probability of the fault in millionths: it happens when a random number from 1 to a million is at most this. */
  readonly below: number
  readonly steps: readonly Data[]
}

const happens = (name: string, { below }: Part) => `${name}Lot <= ${below}`

function lot(faults: ForeignFields, name: string, fallback: number): { fields: ForeignFields; below: number } | undefined {
  if (!faults.has(name)) return undefined
  const fields = faults.map(name)
  const below = Math.round((fields.number('probability') ?? fallback) * LOTS)
  if (fields.flag('enabled', true) && below > 0) return { fields, below }
  fields.note('', 'never happens, and was left out')
  return undefined
}

function delays(faults: ForeignFields): Part | undefined {
  const found = lot(faults, 'networkDelays', 0.05)
  if (!found) return undefined
  const { fields, below } = found
  const { from, to } = delayRange(fields)
  const isOnWire = isOfSocket(fields)
  fields.finish()
  if (isOnWire) {
    fields.note('', 'with layer socket: all bytes of a share of the connections are late, each way, by a relay within burn')
    return undefined
  }
  fields.note('', 'makes the sender wait, as in Stream Testbench: later messages are postponed, and no latency includes the wait')
  return { below, steps: [{ delay: `${from}ms..${to}ms`, injected: true }] }
}

function delayRange(fields: ForeignFields): { readonly from: number; readonly to: number } {
  const range = fields.map('rangeMs')
  const from = range.number('start', 'min') ?? fields.number('minMs') ?? 50
  const to = Math.max(from, range.number('endInclusive', 'end', 'max') ?? fields.number('maxMs') ?? 500)
  range.finish()
  return { from, to }
}

const isOfSocket = (fields: ForeignFields) => fields.text('layer')?.toLowerCase() === 'socket'

/** Returns the entries of `faults` that stand for a block `failureInjection`, in an object: those of `networkDelays` with `layer: socket`. */
export function faultsOnWire(faults: ForeignFields): { readonly faults?: readonly Data[] } {
  const fields = faults.map('networkDelays')
  const probability = fields.number('probability') ?? 0.05
  if (!isOfSocket(fields) || !faults.flag('enabled', false) || !fields.flag('enabled', true) || !(probability > 0)) return {}
  const { from, to } = delayRange(fields)
  const share = `${Number((Math.min(1, probability) * 100).toFixed(4))}%`
  return { faults: [{ latency: `${(from + to) / 2}ms`, jitter: `${(to - from) / 2}ms`, probability: share }] }
}

function copies(faults: ForeignFields, { send }: Sending): Part | undefined {
  const found = lot(faults, 'duplicateMessages', 0.01)
  if (!found) return undefined
  const { fields, below } = found
  const most = Math.max(1, fields.number('maxDuplicates') ?? 3)
  fields.finish()
  const steps = [{ delay: COPY_DELAY, injected: true }, send('duplicate')]
  return { below, steps: [{ loop: { times: `{{randomInt 1 ${most}}}`, steps } }] }
}

function drops(faults: ForeignFields, { drop }: Sending): Part | undefined {
  const found = lot(faults, 'connectionDrops', 0.001)
  if (!found) return undefined
  const { fields, below } = found
  const wait = fields.number('reconnectDelayMs') ?? 1000
  fields.finish()
  if (drop) return { below, steps: [drop, { delay: `${wait}ms`, injected: true }] }
  fields.warn('', 'has no equivalent for this protocol, and was left out')
  return undefined
}

function drift(faults: ForeignFields, { payload, sendDrifted }: Sending): Part | undefined {
  const found = lot(faults, 'schemaDrift', 0.001)
  if (!found) return undefined
  const { fields, below } = found
  const mutations = mutationsOf(fields)
  fields.finish()
  if (mutations.length > 0)
    return { below, steps: [{ ...sendDrifted(mutations), tags: DRIFTED, payload: { ...payload, mutations } }] }
  fields.note('mutations', 'is empty: nothing drifts')
  return undefined
}
