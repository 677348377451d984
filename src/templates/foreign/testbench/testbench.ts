import { nearest } from '../../../language/suggest.ts'
import { isMap } from '../../../text/json.ts'
import type { Data } from '../../template.ts'
import { ForeignFields } from '../common/fields.ts'
import { type ForeignOptions, mapTexts, nameFrom, Vault, withoutReferences } from '../common/literal.ts'
import { type Note, Notes } from '../common/notes.ts'
import { authKeys } from './auth.ts'
import { convertFaults } from './faults.ts'
import { phasesOf } from './load.ts'
import { payloadBlock } from './payloads.ts'
import { type Judging, judging, MAX_ERRORS, replyTimeout } from './validation.ts'
import { mqttTarget, PROTOCOL_NAMES, type ProtocolName, sendStep, socketReplies, urlFor } from './wire.ts'

const LENGTHS = ['duration_seconds', 'durationSeconds']
const OWN_KEYS = [...LENGTHS, 'rates', 'payloads']
const PROTOCOLS = /^(?:WEBSOCKET|MQTT|HTTP|MIXED)$/

/** True when parsed data looks like a scenario file of the tool Stream Testbench. */
export function isTestbench(value: unknown): value is Data {
  if (!isMap(value) || value.target !== undefined || value.targets !== undefined || value.steps !== undefined) return false
  const { endpoint, protocol } = value
  if (typeof endpoint === 'string') return OWN_KEYS.some((key) => key in value)
  return typeof protocol === 'string' && PROTOCOLS.test(protocol) && LENGTHS.some((key) => key in value)
}

/** Converts a scenario file of the tool Stream Testbench to a scenario of burn. The notes say what the new scenario does differently. */
export function convertTestbench(source: Data, options: ForeignOptions = {}): { scenario: Data; notes: Note[] } {
  const notes = new Notes()
  // A reference such as ${TOKEN} counts only where a secret is expected; elsewhere it is plain text.
  const safe = (text: string) => withoutReferences(text, options)
  const fields = new ForeignFields(mapTexts(source, safe), notes)
  const protocol = protocolOf(fields)
  const faults = convertFaults(fields.map('failureInjection'))
  const file: File = { fields, notes, vault: new Vault(options, notes) }
  const validation = judging(fields.map('validation'))
  const parts = protocol === 'mixed' ? mixed(file, validation) : single(file, protocol, validation)
  const description = fields.text('description')
  const scenario = {
    name: nameFrom(fields.text('name') ?? '', 'stream testbench'),
    ...(description ? { description } : {}),
    ...parts.targets,
    load: loadOf(fields, protocol === 'mixed' ? 2 : 1, notes),
    steps: parts.steps,
    ...(faults.length > 0 ? { faults } : {}),
    thresholds: [MAX_ERRORS],
  }
  fields.finish()
  return { scenario, notes: notes.all }
}

/** A Stream Testbench file during its conversion. */
interface File {
  readonly fields: ForeignFields
  readonly notes: Notes
  readonly vault: Vault
}

function protocolOf(fields: ForeignFields): ProtocolName | 'mixed' {
  const said = (fields.text('protocol') ?? '').toLowerCase()
  if (said === 'mixed') return 'mixed'
  const scheme = /^([a-z]+):\/\//i.exec(fields.text('endpoint') ?? '')?.[1]?.toLowerCase()
  if (said !== '' && PROTOCOL_NAMES[said] === undefined) {
    const meant = nearest(said, [...Object.keys(PROTOCOL_NAMES), 'mixed'])
    const hint = meant === undefined ? 'one of WEBSOCKET, MQTT, HTTP, MIXED' : `did you mean ${meant.toUpperCase()}?`
    fields.problem('protocol', `${said} is not known`, hint)
  }
  return PROTOCOL_NAMES[said] ?? PROTOCOL_NAMES[scheme ?? ''] ?? 'websocket'
}

interface TestbenchParts {
  readonly targets: Data
  readonly steps: Data[]
}

function single(file: File, protocol: ProtocolName, validation: Judging): TestbenchParts {
  return { targets: { target: targetFor(file, protocol, validation) }, steps: [stepFor(file, protocol, validation)] }
}

/**
 * Makes targets and steps for the protocol MIXED: users alternate between WebSocket and MQTT, and there are twice as many, so that each protocol has
 * its full load.
 */
function mixed(file: File, validation: Judging): TestbenchParts {
  const names = ['websocket', 'mqtt'] as const
  const targets = Object.fromEntries(names.map((name) => [name, targetFor(file, name, validation)]))
  const [socket, mqtt] = names.map((name) => ({ ...stepFor(file, name, validation), name: `${name} send`, target: name }))
  file.notes.push(
    'protocol MIXED: each protocol has all of the connections and the full rate, so there are twice as many users; targets.mqtt.url is the address of the broker',
  )
  return { targets: { targets }, steps: [{ if: 'user.number % 2 == 1', then: [socket], else: [mqtt] }] }
}

function targetFor({ fields, notes, vault }: File, protocol: ProtocolName, validation: Judging): Data {
  const { target, websocket } = authKeys(fields.map('authentication', 'auth'), protocol, vault)
  const base = { url: urlFor(fields.text('endpoint'), protocol, notes), protocol, ...target, ...replyTimeout(validation) }
  if (protocol === 'mqtt') return { ...base, mqtt: mqttTarget(fields.map('mqtt'), validation) }
  if (protocol === 'websocket') return { ...base, websocket: { ...websocket, reply: socketReplies(validation) } }
  return base
}

function stepFor({ fields }: File, protocol: ProtocolName, validation: Judging): Data {
  return sendStep(protocol, payloadBlock(fields, protocol === 'mqtt'), validation)
}

/** Makes the load phases from a Stream Testbench file. Its number of connections is needed for each of `protocols` protocols. */
function loadOf(fields: ForeignFields, protocols: number, notes: Notes): Data[] {
  const rates = fields.map('rates')
  const phases = phasesOf(
    {
      seconds: fields.number(...LENGTHS, 'duration') ?? 60,
      connections: protocols * Math.max(1, Math.round(fields.number('connections') ?? 1)),
      perSecond: rates.number('messagesPerSecond') ?? 1,
      burst: rates.number('burstMultiplier') ?? 1,
      rampUp: rates.number('rampUpSeconds') ?? 0,
      rampDown: rates.number('rampDownSeconds') ?? 0,
    },
    notes,
  )
  rates.finish()
  return phases
}
