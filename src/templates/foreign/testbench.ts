/** Scenario files of Stream Testbench (JSON) as scenarios. */
import type { Data } from '../template.ts'
import { Fields, isMap } from './fields.ts'
import { type ForeignOptions, literal, mapTexts, nameFrom, Vault } from './literal.ts'
import { authKeys } from './testbench-auth.ts'
import { type Sending, stepsWithFaults } from './testbench-faults.ts'
import { phasesOf } from './testbench-load.ts'
import { messageOf, payloadBlock, RUN_START } from './testbench-payloads.ts'
import { expectations, type Judging, judging } from './testbench-validation.ts'
import {
  mqttSending,
  mqttTarget,
  PROTOCOL_NAMES,
  type ProtocolName,
  socketSending,
  urlFor,
  webSending,
} from './testbench-wire.ts'

/** Whether plain data looks like such a file. */
export function isTestbench(value: unknown): value is Data {
  if (!isMap(value) || value.target !== undefined || value.targets !== undefined || value.steps !== undefined) return false
  return (
    typeof value.endpoint === 'string' && ['duration_seconds', 'durationSeconds', 'rates', 'payloads'].some((key) => key in value)
  )
}

/** The scenario, and notes on all that is not the same. */
export function convertTestbench(source: Data, options: ForeignOptions = {}): { scenario: Data; notes: string[] } {
  const notes: string[] = []
  // A reference such as ${TOKEN} is looked at where a secret is expected; elsewhere it is text.
  const safe = (text: string) => (options.forFile === false ? text : literal(text, { templates: false }))
  const fields = new Fields(mapTexts(source, safe), notes)
  const protocol = protocolOf(fields, notes)
  const parts = protocol === 'mixed' ? mixed(fields, options, notes) : single(fields, protocol, options, notes)
  const description = fields.text('description')
  const scenario = {
    name: nameFrom(fields.text('name') ?? '', 'stream testbench'),
    ...(description ? { description } : {}),
    ...parts.targets,
    load: loadOf(fields, notes),
    ...(JSON.stringify(parts.steps).includes(RUN_START) ? { setup: [{ set: { [RUN_START]: '{{now}}' } }] } : {}),
    ...parts.steps,
    thresholds: parts.judging.thresholds,
  }
  fields.finish()
  return { scenario, notes: [...new Set(notes)] }
}

function protocolOf(fields: Fields, notes: string[]): ProtocolName | 'mixed' {
  const said = (fields.text('protocol') ?? '').toLowerCase()
  if (said === 'mixed') return 'mixed'
  const scheme = /^([a-z]+):/i.exec(fields.text('endpoint') ?? '')?.[1]?.toLowerCase()
  const known = PROTOCOL_NAMES[said] ?? PROTOCOL_NAMES[scheme ?? '']
  if (said !== '' && PROTOCOL_NAMES[said] === undefined)
    notes.push(`protocol ${said} is not known; ${known ?? 'websocket'} was taken`)
  return known ?? 'websocket'
}

interface Parts {
  readonly targets: Data
  readonly steps: Data
  readonly judging: Judging
}

function single(fields: Fields, protocol: ProtocolName, options: ForeignOptions, notes: string[]): Parts {
  const vault = new Vault(options, notes)
  const judge = judging(fields.map('validation'))
  const target = targetFor(fields, protocol, vault, judge, notes)
  const steps = stepsWithFaults(fields.map('failureInjection'), sendingOf(fields, protocol, judge, notes))
  return { targets: { target }, steps: { steps }, judging: judge }
}

/** Half of the iterations go over WebSocket, half over MQTT. */
function mixed(fields: Fields, options: ForeignOptions, notes: string[]): Parts {
  const vault = new Vault(options, notes)
  const judge = judging(fields.map('validation'))
  const names = ['websocket', 'mqtt'] as const
  const targets = Object.fromEntries(names.map((name) => [name, targetFor(fields, name, vault, judge, notes)]))
  const flows = names.map((name) => ({
    name,
    target: name,
    steps: renamed(stepsWithFaults(fields.map('failureInjection'), sendingOf(fields, name, judge, notes)), name),
  }))
  notes.push('protocol MIXED: one file has one rate here, so each message goes over WebSocket or over MQTT, half and half')
  return { targets: { targets }, steps: { flows }, judging: judge }
}

/** Names of steps are used once in a scenario. */
function renamed(steps: readonly Data[], prefix: string): Data[] {
  // Only maps and lists of steps are met on the way: the steps were made here.
  const change = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(change)
    if (!isMap(value)) return value
    const inner = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, INSIDE.has(key) ? change(item) : item]))
    return typeof value.name === 'string' ? { ...inner, name: `${prefix} ${value.name}` } : inner
  }
  return steps.map((step) => change(step) as Data)
}

const INSIDE = new Set(['then', 'else', 'loop', 'steps'])

function targetFor(fields: Fields, protocol: ProtocolName, vault: Vault, judge: Judging, notes: string[]): Data {
  const { target, websocket } = authKeys(fields.map('auth'), protocol, vault)
  const base = { url: urlFor(fields.text('endpoint') ?? '', protocol, notes), protocol, ...target }
  if (protocol === 'mqtt') return { ...base, mqtt: mqttTarget(fields.map('mqtt')) }
  if (protocol === 'websocket') {
    const reply = judge.replies === 'none' ? { match: 'none' } : { match: { correlate: { send: 'correlation_id' } } }
    return { ...base, websocket: { ...websocket, reply: judge.replies === 'any' ? { match: 'fifo' } : reply } }
  }
  return base
}

function sendingOf(fields: Fields, protocol: ProtocolName, judge: Judging, notes: string[]): Sending {
  const kinds = fields.list('payloads', 'payloadTypes')
  const request = {
    kinds: kinds.length > 0 ? kinds : ['HEARTBEAT', 'METRICS'],
    custom: fields.take('customPayload'),
    file: fields.take('payloadFile'),
    mqtt: protocol === 'mqtt',
  }
  const content = { payload: payloadBlock(request, notes), message: () => messageOf(request, notes) }
  if (protocol === 'mqtt') return mqttSending(content)
  const expect = expectations(judge, protocol)
  return protocol === 'websocket' ? socketSending(content, judge, expect) : webSending(content, expect)
}

function loadOf(fields: Fields, notes: string[]): Data[] {
  const rates = fields.map('rates')
  const phases = phasesOf(
    {
      seconds: fields.number('duration_seconds', 'durationSeconds', 'duration') ?? 60,
      connections: Math.max(1, Math.round(fields.number('connections') ?? 1)),
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
