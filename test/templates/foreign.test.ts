import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { validateScenario } from '../../src/scenario/validate.ts'
import { scenarioText } from '../../src/templates/emit.ts'
import { Notes } from '../../src/templates/foreign/common/notes.ts'
import { convertForeign, type Foreign } from '../../src/templates/foreign/index.ts'
import { translateCondition } from '../../src/templates/foreign/krawall/condition.ts'
import { pathOf } from '../../src/templates/foreign/krawall/target.ts'
import { translateText } from '../../src/templates/foreign/krawall/template.ts'
import type { Data } from '../../src/templates/template.ts'
import { runPlaced } from './run-template.ts'

const FIXTURES = join(import.meta.dirname, '..', 'fixtures', 'foreign')
const read = (name: string): unknown => parse(readFileSync(join(FIXTURES, name), 'utf8'))

function convert(value: unknown, options = {}): Foreign {
  const foreign = convertForeign(value, options)
  if (!foreign) throw new Error('not recognised')
  return foreign
}

const errorsOf = (scenario: Data) =>
  validateScenario(scenarioText(scenario, 'yaml'), 't.yaml', { noEnv: true }).problems.filter(
    ({ severity }) => severity === 'error',
  )

describe('Stream Testbench', () => {
  const { scenario, notes, format } = convert(read('mobile_sync_stress.json'))
  const load = scenario.load as Data[]

  test('is recognised, valid, and has the same target', () => {
    expect(format).toBe('stream-testbench')
    expect(errorsOf(scenario)).toEqual([])
    expect(scenario.name).toBe('Mobile Sync Stress Test')
    expect(scenario.target).toEqual({
      url: 'ws://127.0.0.1:8000/ws/sync?v=2',
      protocol: 'websocket',
      auth: { type: 'bearer', token: '${env.TARGET_TOKEN}' },
      timeouts: { total: '2000ms' },
      websocket: {
        authIn: 'message',
        reply: {
          match: { correlate: { send: 'correlation_id', otherwise: 'fifo' } },
          ignore: ['connection_established', 'authenticate', 'authenticated', 'heartbeat'].map((type) => ({
            path: '$.type',
            equals: type,
          })),
        },
      },
    })
  })

  test('keeps connections, rates, ramps and bursts, and lasts as long', () => {
    expect(load[0]).toEqual({ name: 'ramp-up', users: { from: 1, to: 50 }, for: '30s', pace: '15/s', warmup: true })
    expect(load[1]).toEqual({ name: 'steady-1', users: 50, for: '25s', pace: '15/s' })
    expect(load[2]).toEqual({ name: 'burst-1', users: 50, for: '5s', pace: '37.5/s' })
    expect(load.at(-1)).toEqual({ name: 'ramp-down', users: { to: 0 }, for: '30s', pace: '15/s', warmup: true })
    expect(load.reduce((sum, phase) => sum + Number.parseFloat(String(phase.for)), 0)).toBe(300)
  })

  test('draws a lot for each fault; what drifts is the same message, changed, under a name and a tag of its own', () => {
    const [, delay, send, copy, drop] = scenario.steps as Data[]
    expect(delay).toEqual({ if: 'delayLot <= 50000', then: [{ delay: '50ms..500ms', injected: true }] })
    const expected = [
      { 'is-json': true },
      { expression: 'reply.serviceMs <= 1000' },
      { json: '$.type' },
      { json: '$.correlation_id' },
    ]
    expect(send?.else).toEqual([
      {
        request: { json: '{{payload}}' },
        name: 'send',
        expect: expected,
        payload: expect.objectContaining({ envelope: 'sync_data' }),
      },
    ])
    const [drifted] = (send?.then ?? []) as Data[]
    expect(drifted).toMatchObject({
      request: { json: '{{payload}}' },
      name: 'drifted',
      expect: expected,
      tags: { drift: 'schema' },
    })
    expect(((drifted?.payload ?? {}) as Data).mutations).toEqual([
      { type: 'add', path: 'data.extra', value: 1 },
      { type: 'remove', path: 'data.status' },
      { type: 'rename', path: 'timestamp', value: 'time' },
      { type: 'change', path: 'data.event_count' },
    ])
    expect(copy?.if).toBe('copyLot <= 10000')
    expect(drop).toEqual({
      if: 'dropLot <= 1000',
      then: [
        { request: { disconnect: 'abrupt' }, name: 'drop' },
        { delay: '1000ms', injected: true },
      ],
    })
  })

  test('says what it could not keep', () => {
    expect(notes).toContain('colour has no equivalent in burn, and was left out')
    expect(notes.join('\n')).toContain('set the environment variable TARGET_TOKEN')
    expect(JSON.stringify({ scenario, notes })).not.toContain('very-secret')
  })

  test('runs as it is: secrets stay when nothing is written', () => {
    const direct = convert(read('mobile_sync_stress.json'), { forFile: false })
    expect(direct.scenario.target).toMatchObject({ auth: { token: 'very-secret-token-1' } })
  })

  test('MQTT keeps topic, credentials and drops', () => {
    const mqtt = convert(read('mqtt_graphql_load.json')).scenario
    expect(errorsOf(mqtt)).toEqual([])
    expect(mqtt.target).toMatchObject({
      url: 'mqtt://127.0.0.1:1883',
      auth: { type: 'basic', username: '${env.TARGET_USERNAME}', password: '${env.TARGET_PASSWORD}' },
      mqtt: { topic: 'graphql/mutation', qos: 1, clean: true, keepalive: '60s' },
    })
    expect(mqtt.steps).toContainEqual({
      if: 'dropLot <= 1000',
      then: [
        { request: { disconnect: 'abrupt' }, name: 'drop' },
        { delay: '2000ms', injected: true },
      ],
    })
    expect(JSON.stringify(mqtt.steps)).toContain('"custom":{"device":"d-{{user.number}}"}')
  })

  test('copies are the same bytes, sent when the lot says so', async () => {
    const source = { ...(read('mqtt_graphql_load.json') as Data), authentication: undefined, auth: undefined }
    const sure = JSON.parse(
      JSON.stringify(source).replace('"probability":0.02', '"probability":1').replace('"probability":0.001', '"probability":0'),
    )
    const { scenario: direct } = convert(sure, { forFile: false })
    const { broker } = await runPlaced({ ...direct, load: [{ iterations: 3, users: 1 }] })
    const texts = broker.published.map(({ text }) => text)
    expect(new Set(texts).size).toBe(3)
    expect(texts.length).toBeGreaterThanOrEqual(6)
    expect(JSON.parse(texts[0] ?? '')).toMatchObject({
      variables: { input: { customData: { device: 'd-1' }, heartbeat: { status: 'alive' } } },
    })
  })

  test('dropped connections come back', async () => {
    const source = { ...(read('mqtt_graphql_load.json') as Data), authentication: undefined, auth: undefined }
    const sure = JSON.parse(
      JSON.stringify(source).replace('"probability":0.001,"reconnectDelayMs":2000', '"probability":1,"reconnectDelayMs":1'),
    )
    const { scenario: direct } = convert(sure, { forFile: false })
    const { broker, attempts } = await runPlaced({ ...direct, load: [{ iterations: 3, users: 1 }] })
    expect(attempts.filter(({ exchange }) => exchange.outcome !== 'ok')).toEqual([])
    expect(broker.clientIds).toHaveLength(3)
  })

  test.each([
    ['HTTP', 'http://127.0.0.1:1/api', 'http://127.0.0.1:1/api', 'http'],
    ['WEBSOCKET', '127.0.0.1:1/ws', 'ws://127.0.0.1:1/ws', 'websocket'],
    ['MQTT', 'broker:1883', 'mqtt://broker:1883', 'mqtt'],
    [undefined, 'wss://h/ws', 'wss://h/ws', 'websocket'],
  ])('protocol %s at %s', (protocol, endpoint, url, expected) => {
    const { scenario: one } = convert({ name: 'n', protocol, endpoint, duration_seconds: 10 })
    expect(one.target).toMatchObject({ url, protocol: expected })
    expect(errorsOf(one)).toEqual([])
    expect(one.load).toEqual([{ name: 'steady', users: 1, for: '10s', pace: '1/s' }])
  })

  test.each([
    ['websocket', { authIn: 'message', authHeader: 'x-api-key', authMessage: { type: 'authenticate', api_key: '{{token}}' } }],
    ['mqtt', undefined],
    ['http', undefined],
  ])('an API key over %s', (protocol, websocket) => {
    const { scenario: one } = convert({
      name: 'n',
      protocol,
      endpoint: 'h:1',
      duration_seconds: 10,
      auth: { type: 'API_KEY', api_key: 'k-12345678', api_secret: 's-12345678' },
    })
    expect(errorsOf(one)).toEqual([])
    expect(JSON.stringify(one)).not.toMatch(/[ks]-12345678/)
    if (websocket) expect(one.target).toMatchObject({ websocket })
    if (protocol === 'mqtt')
      expect(one.target).toMatchObject({ auth: { headers: { 'x-api-secret': '${env.TARGET_API_SECRET}' } } })
  })
})

describe('Krawall', () => {
  const { scenario, notes, format } = convert(read('krawall.yaml'))

  test('is recognised and valid, and keeps what it says of itself', () => {
    expect(format).toBe('krawall')
    expect(errorsOf(scenario)).toEqual([])
    expect(scenario).toMatchObject({
      name: 'Support escalation',
      load: [{ iterationsPerUser: 3, users: 2 }],
      verbosity: 'extreme',
      tags: { category: 'LOGIC' },
      conversation: { reset: 'never' },
    })
  })

  test('translates its target', () => {
    expect(scenario.target).toEqual({
      url: 'http://127.0.0.1:9/v1',
      protocol: 'http',
      dialect: 'generic',
      auth: { type: 'apiKey', name: 'X-My-Key', value: '${env.TARGET_API_KEY}' },
      model: 'gpt-x',
      request: {
        structure: { model: '{{model}}', messages: [{ role: 'user', content: '' }] },
        messagePath: '$.messages[0].content',
      },
      response: { text: '$.choices[0].message.content', error: '$.error.message' },
      headers: { 'x-tenant': 'a' },
      timeouts: { total: '30000ms' },
      http: { method: 'POST', path: 'chat' },
    })
    expect(scenario.vars).toEqual({ greeting: 'Hello at {{isoTimestamp}}', index: '7' })
  })

  test('keeps persona, query, token counts, session token and the time that a message had', () => {
    const { scenario: one, notes: told } = convert({
      name: 'n',
      sessionTokenPaths: ['$.session.token', '$.other'],
      target: {
        connectorType: 'HTTP_REST',
        endpoint: 'http://127.0.0.1:9',
        protocolConfig: { persona: 'support', query: { version: 2 } },
        requestTemplate: { structure: { model: 'model', text: '' }, messagePath: 'text', variables: { model: 'm-1' } },
        responseTemplate: { responsePath: 'text', tokenUsagePath: 'meta.usageMetadata' },
      },
      customMessages: ['a'],
    })
    expect(one.target).toMatchObject({
      model: 'm-1',
      headers: { 'X-Persona': 'support' },
      query: { version: '2' },
      timeouts: { total: '30000ms' },
      request: { structure: { model: 'model', text: '', persona: 'support' }, messagePath: '$.text' },
      response: {
        usage: { input: '$.meta.usageMetadata.promptTokenCount', output: '$.meta.usageMetadata.candidatesTokenCount' },
      },
    })
    expect(one.conversation).toMatchObject({ id: { from: '$.session.token', sendAs: 'header:token' } })
    expect(one).not.toHaveProperty('vars')
    expect(told.join('\n')).toContain('structure.model is the plain word "model"')
    expect(told.join('\n')).toContain('sessionTokenPaths: $.other was left out')
    const { problems } = validateScenario(scenarioText(one, 'yaml'), 't.yaml', { noEnv: true })
    expect(problems).toEqual([])
  })

  test('translates its steps: loops that ran nothing there run here', () => {
    expect(scenario.steps).toEqual([
      { message: '{{greeting}} and {{reply.text}}', name: 'start' },
      { delay: '1500ms' },
      {
        loop: {
          times: 4,
          steps: [
            { message: 'Message {{conversation.messageIndex}} of {{conversation.history}}', name: 'more' },
            { delay: '1500ms' },
          ],
        },
      },
      { delay: '250ms' },
      {
        if: 'contains:yes',
        then: [{ message: 'Good, $${price}', name: 'yes' }, { delay: '1500ms' }],
        else: [{ message: 'Why not?', name: 'no' }, { delay: '1500ms' }],
      },
      { if: 'reply.text.contains("no")', then: [{ message: 'hm', name: 'odd-1' }, { delay: '1500ms' }] },
    ])
  })

  test('translates its rules for errors', () => {
    expect(scenario.onError).toEqual({
      default: 'retry',
      retry: { max: 2, delay: '500ms', multiplier: 2, maxDelay: '4000ms', jitter: false },
      rules: [
        { status: [401, 403], do: 'abort' },
        { status: [429], do: 'retry', retry: { max: 5, delay: '100ms', multiplier: 2, maxDelay: '4000ms', jitter: false } },
      ],
    })
  })

  test('says what it could not keep, and keeps no secret', () => {
    expect(notes).toEqual([
      'target.authConfig.apiKey is a secret and was not copied: set the environment variable TARGET_API_KEY',
      'target.protocolConfig.rateLimit was left out: the load of a scenario has its own rate',
      'steps.0.next was left out: Krawall never followed it, the order is that of the list',
      'steps.4.condition "moon is full" is not a known condition; Krawall took it for false, so only the other branch is kept',
    ])
    expect(JSON.stringify({ scenario, notes })).not.toContain('topsecret')
  })

  test('a loop sends exactly its count', async () => {
    const source = { ...(read('krawall.yaml') as Data), target: undefined, delayBetweenMs: 0, errorHandling: undefined }
    const { scenario: direct } = convert(source, { forFile: false })
    const { attempts } = await runPlaced(direct)
    // start, four rounds, one branch or the other, and the last one when the reply has "no"
    const perIteration = attempts.filter(({ prompt }) => !prompt.startsWith('hm'))
    expect(perIteration).toHaveLength(6 * 3 * 2)
  })

  test('a message template may use another, whichever stands first', async () => {
    const messageTemplates = { greet: 'Hi, I want {{product}}', product: 'shoes' }
    const { scenario: one } = convert({ name: 'n', messageTemplates, customMessages: ['{{greet}} now'] }, { forFile: false })
    expect(errorsOf(one)).toEqual([])
    const { attempts } = await runPlaced(one)
    expect(attempts.map(({ prompt }) => prompt)).toEqual(['Hi, I want shoes now'])
  })

  test('without a target it is the mock, and says so', () => {
    const { scenario: one, notes: told } = convert({ name: 'n', customMessages: ['a', 'b'], repetitions: 2 })
    expect(one.target).toMatchObject({ url: 'mock:' })
    expect(one.steps).toEqual([{ message: 'a' }, { message: 'b' }])
    expect(told.join()).toContain('embedded mock')
    expect(errorsOf(one)).toEqual([])
  })

  test.each([
    ['contains:yes', 'contains:yes'],
    ['length > 20', 'length > 20'],
    ["response.contains('yes')", 'reply.text.contains("yes")'],
    ['lastResponse.includes("a b")', 'reply.text.contains("a b")'],
    ['status == 200', 'reply.status == 200'],
    ['status===404', 'reply.status == 404'],
    ['latency > 500', 'reply.responseMs > 500'],
    ['true', undefined],
  ])('condition %s', (written, expected) => {
    expect(translateCondition(written)).toBe(expected)
  })

  test.each([
    ['{{lastAssistantMessage}}', '{{conversation.lastAssistant}}'],
    ['{{{lastResponse}}}', '{{{reply.text}}}'],
    ['{{#if lastResponse}}x{{/if}}', '{{#if reply.text}}x{{/if}}'],
    ['{{index}}', ''],
    ['{{tokenCount}} left', '{{conversation.tokens}} left'],
    ['{{name}}', '{{name}}'],
    ['${a}', '$${a}'],
  ])('text %s', (written, expected) => {
    expect(translateText(written, { own: new Set(['name']), notes: new Notes(), options: {} })).toBe(expected)
  })

  test.each([
    ['choices.0.message.content', '$.choices[0].message.content'],
    ['$.a[1].b', '$.a[1].b'],
    ['response', '$.response'],
  ])('path %s', (written, expected) => {
    expect(pathOf(written)).toBe(expected)
  })
})

test.each([
  ['a scenario of ours', { name: 't', target: { url: 'mock:' }, steps: [{ message: 'hi' }] }],
  ['ours with a flow', { name: 't', target: { url: 'mock:' }, flows: [] }],
  ['a list', []],
  ['text', 'hello'],
  ['nothing', null],
])('%s is not of another tool', (_title, value) => {
  expect(convertForeign(value)).toBeUndefined()
})

const withFile = (more: Data) =>
  convert({
    name: 'f',
    protocol: 'websocket',
    endpoint: 'ws://127.0.0.1:9',
    payloads: ['METRICS'],
    payloadFile: 'fields.json',
    rates: { messagesPerSecond: 4 },
    duration_seconds: 1,
    ...more,
  })

test.each([
  ['a file of fields', {}, { types: ['METRICS', 'CUSTOM'], envelope: 'sync_data', payloadFile: 'fields.json' }],
  [
    'fields in place before it',
    { customPayload: { a: 1 } },
    { types: ['METRICS', 'CUSTOM'], envelope: 'sync_data', custom: { a: 1 } },
  ],
])('%s is kept', (_title, more, payload) => {
  const { scenario, notes } = withFile(more)
  expect((scenario.steps as Data[])[0]?.payload).toEqual(payload)
  expect(notes.join()).not.toContain('payloadFile')
})

test('a message that drifts keeps the fields of the file', () => {
  const { scenario, notes } = withFile({
    failureInjection: {
      enabled: true,
      schemaDrift: { probability: 1, mutations: [{ type: 'ADD_FIELD', fieldPath: 'x', newValue: '1' }] },
    },
  })
  expect(JSON.stringify(notes)).not.toContain('fields.json')
  expect(JSON.stringify((scenario.steps as { then?: unknown }[])[1]?.then)).toContain('"payloadFile":"fields.json"')
})

describe('what a file says that cannot be meant', () => {
  const base = { name: 'n', protocol: 'WEBSOCKET', endpoint: 'h:1', duration_seconds: 10 }
  const told = (more: Data) => convert({ ...base, ...more }).told.filter(({ severity }) => severity !== 'note')

  test.each<[Data, string, string | undefined]>([
    [{ authenticaton: {} }, 'authenticaton is not a known key', 'did you mean authentication?'],
    [{ rates: { mesagesPerSecond: 5 } }, 'rates.mesagesPerSecond is not a known key', 'did you mean messagesPerSecond?'],
    [
      { failureInjection: { enabled: true, networkDelay: {} } },
      'failureInjection.networkDelay is not a known key',
      'did you mean networkDelays?',
    ],
    [{ rates: { messagesPerSecond: 'fast' } }, 'rates.messagesPerSecond is not a number', undefined],
    [{ protocol: 'WEBSOKET' }, 'protocol websoket is not known', 'did you mean WEBSOCKET?'],
    [
      { payloads: ['VIDEO'] },
      'payloads has no kind VIDEO',
      'one of VOICE_DATA, BEHAVIORAL_DATA, SESSION_DATA, METRICS, HEARTBEAT, CUSTOM',
    ],
    [{ authentication: { type: 'BEARER_TOKEN', credentials: {} } }, 'authentication.credentials has no token', undefined],
    [
      { authentication: { type: 'KERBEROS' } },
      'authentication.type KERBEROS is not known',
      'one of BEARER_TOKEN, BASIC_AUTH, API_KEY, NONE',
    ],
    [
      { failureInjection: { enabled: true, schemaDrift: { mutations: [{ type: 'DROP_FIELD', fieldPath: 'a' }] } } },
      'failureInjection.schemaDrift.mutations has no type DROP_FIELD',
      undefined,
    ],
  ])('%j is an error', (more, text, hint) => {
    expect(told(more)).toEqual([expect.objectContaining({ severity: 'error', text, hint })])
  })

  test('a key that is like no other is a warning', () => {
    expect(told({ team: 'x' })).toEqual([
      expect.objectContaining({ severity: 'warning', text: 'team has no equivalent in burn, and was left out', path: ['team'] }),
    ])
  })

  test('a burst multiplier is kept however short the run is', () => {
    const { scenario, notes } = convert({ ...base, duration_seconds: 12, rates: { messagesPerSecond: 10, burstMultiplier: 3 } })
    expect(scenario.load).toEqual([
      { name: 'steady-1', users: 1, for: '10s', pace: '10/s' },
      { name: 'burst-1', users: 1, for: '2s', pace: '30/s' },
    ])
    expect(notes.join()).toContain('a burst of 2s every 12s')
  })

  test('without an endpoint it goes where the original goes', () => {
    const { scenario, notes } = convert({ name: 'n', protocol: 'WEBSOCKET', duration_seconds: 10 })
    expect(scenario.target).toMatchObject({ url: 'ws://localhost:8000/ws/mobile/sync/' })
    expect(notes.join()).toContain('the load goes to localhost:8000/ws/mobile/sync/')
  })

  test('a reference to the environment is one when the file runs as it is', () => {
    const authentication = { type: 'BEARER_TOKEN', credentials: { token: '${STREAM_TOKEN}' } }
    const { scenario } = convert({ ...base, authentication }, { forFile: false })
    expect(scenario.target).toMatchObject({ auth: { token: '${env.STREAM_TOKEN}' } })
  })
})
