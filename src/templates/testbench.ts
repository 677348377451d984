/** The four scenarios that Stream Testbench generates, with the same names, counts, rates and faults. */
import { convertTestbench } from './foreign/testbench.ts'
import type { Data, Template } from './template.ts'

interface Source {
  readonly name: string
  readonly summary: string
  readonly about?: readonly string[]
  /** The scenario as a file of Stream Testbench has it. */
  readonly file: Data
  /** What a target has in place of its address, and beside it. */
  readonly target?: Data
  readonly mock?: Data
  readonly more?: (scenario: Data) => Data
  readonly comments?: Template['comments']
}

const LOAD_COMMENT =
  'Each user keeps its connection and sends on its own timetable. Ramps are shown, but not judged;\na burst of 5 s comes every 30 s.'
const STEPS_COMMENT =
  'Every message draws its lot: before some the sender waits (its timetable moves on by it), some are sent again as the very same bytes.'

function testbench({ name, summary, about, file, target, mock, more, comments }: Source): Template {
  const {
    target: converted,
    name: _name,
    description: _description,
    ...body
  } = convertTestbench({ name, ...file }, { forFile: false }).scenario
  const single = converted === undefined ? {} : { target: { ...(converted as Data), ...target } } // one target, or `targets`
  return {
    name,
    category: 'Stream Testbench',
    summary,
    ...(about ? { about } : {}),
    messages: { perIteration: 1, note: 'and now and then a copy' },
    ...single,
    ...(mock ? { mock } : {}),
    scenario: () => ({ ...body, ...more?.(body) }),
    comments: { load: LOAD_COMMENT, steps: STEPS_COMMENT, ...comments },
  }
}

const ECHO_COMMENT =
  'The mock sends each frame back, so that every message has its reply.\nPut your address in place of mock:/ws/mobile/sync/'
const BROKER_COMMENT = 'The mock is an MQTT broker too. Put that of your own, such as mqtt://127.0.0.1:1883, in place of mock:/'

const websocketLoad = testbench({
  name: 'websocket_load_test',
  summary: 'Fifty WebSocket connections, ten messages a second on each, bursts of twice that, for five minutes',
  file: {
    protocol: 'WEBSOCKET',
    endpoint: 'localhost:8000/ws/mobile/sync/',
    duration_seconds: 300,
    connections: 50,
    rates: { messagesPerSecond: 10, burstMultiplier: 2, rampUpSeconds: 30, rampDownSeconds: 30 },
    payloads: ['VOICE_DATA', 'BEHAVIORAL_DATA', 'SESSION_DATA'],
    failureInjection: {
      enabled: true,
      networkDelays: { rangeMs: { start: 50, endInclusive: 500 }, probability: 0.05 },
      duplicateMessages: { probability: 0.01 },
    },
  },
  target: { url: 'mock:/ws/mobile/sync/' },
  comments: { target: ECHO_COMMENT },
})

const mqttBurst = testbench({
  name: 'mqtt_burst_test',
  summary: 'Ten MQTT clients, five messages a second on each, bursts of three times that, for three minutes',
  file: {
    protocol: 'MQTT',
    endpoint: 'localhost:1883',
    duration_seconds: 180,
    connections: 10,
    rates: { messagesPerSecond: 5, burstMultiplier: 3 },
    payloads: ['METRICS', 'HEARTBEAT'],
    failureInjection: {
      enabled: true,
      duplicateMessages: { probability: 0.02 },
      connectionDrops: { probability: 0.001, reconnectDelayMs: 2000 },
    },
  },
  target: { url: 'mock:/' },
  comments: {
    target: `${BROKER_COMMENT}.`,
    steps:
      'Every message draws its lot: some are sent again as the very same bytes.\nA few cut the connection; the next message makes a new one.',
  },
})

const mixedStress = testbench({
  name: 'mixed_protocol_stress',
  summary: 'A hundred connections over WebSocket and a hundred over MQTT, twenty messages a second on each, for ten minutes',
  file: {
    protocol: 'MIXED',
    endpoint: 'localhost:8000/ws/mobile/sync/',
    duration_seconds: 600,
    connections: 100,
    rates: { messagesPerSecond: 20, burstMultiplier: 1.5, rampUpSeconds: 60, rampDownSeconds: 60 },
    payloads: ['VOICE_DATA', 'BEHAVIORAL_DATA', 'SESSION_DATA', 'METRICS'],
    failureInjection: {
      enabled: true,
      networkDelays: { rangeMs: { start: 10, endInclusive: 1000 }, probability: 0.03 },
      schemaDrift: {
        probability: 0.001,
        mutations: [
          { type: 'ADD_FIELD', fieldPath: 'extra_field', newValue: 'test_value' },
          { type: 'REMOVE_FIELD', fieldPath: 'timestamp' },
        ],
      },
    },
  },
  more: ({ targets }) => {
    const { websocket, mqtt } = targets as Readonly<Record<'websocket' | 'mqtt', Data>> // the two that MIXED always makes
    return { targets: { websocket: { ...websocket, url: 'mock:/ws/mobile/sync/' }, mqtt: { ...mqtt, url: 'mock:/' } } }
  },
  comments: {
    targets: `${ECHO_COMMENT}\n${BROKER_COMMENT}.`,
    steps: 'Every other user goes over MQTT. A few senders wait, and one message in a thousand does not fit its schema.',
  },
})

const soak = testbench({
  name: 'soak_test_24h',
  summary: 'Twenty connections, two messages a second on each, for a whole day: does anything leak, drift or give up?',
  about: ['Keep a sample of the conversations only:  --log sample:0.001'],
  file: {
    protocol: 'WEBSOCKET',
    endpoint: 'localhost:8000/ws/mobile/sync/',
    duration_seconds: 86_400,
    connections: 20,
    rates: { messagesPerSecond: 2 },
    payloads: ['HEARTBEAT', 'METRICS', 'SESSION_DATA'],
    failureInjection: {
      enabled: true,
      networkDelays: { rangeMs: { start: 100, endInclusive: 2000 }, probability: 0.01 },
      connectionDrops: { probability: 0.0001, reconnectDelayMs: 5000 },
    },
    validation: { validateResponses: true, expectedStatusCodes: [200, 202], maxLatencyMs: 5000 },
  },
  target: { url: 'mock:/ws/mobile/sync/' },
  comments: {
    target: ECHO_COMMENT,
    load: 'Two messages a second on each connection, as one phase.',
    steps:
      'Before one message in a hundred the sender waits; one in ten thousand cuts its connection, which is made again after 5 s.',
  },
})

export const testbenchTemplates: readonly Template[] = [websocketLoad, mqttBurst, mixedStress, soak]
