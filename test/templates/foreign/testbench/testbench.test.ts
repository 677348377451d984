import { describe, expect, test } from 'vitest'
import type { Data } from '../../../../src/templates/template.ts'
import { convert, errorsOf, read } from '../convert.ts'

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

  test('sends one message, and injects the faults', () => {
    expect(scenario.steps).toEqual([
      {
        request: { json: '{{payload}}' },
        name: 'send',
        payload: { types: ['VOICE_DATA', 'BEHAVIORAL_DATA', 'SESSION_DATA', 'METRICS'], envelope: 'sync_data' },
        expect: [
          { 'is-json': true },
          { expression: 'reply.serviceMs <= 1000' },
          { json: '$.type' },
          { json: '$.correlation_id' },
        ],
      },
    ])
    expect(scenario.faults).toEqual([
      { drift: 'add', path: '$.data.extra', value: 1, probability: '0.025%' },
      { drift: 'remove', path: '$.data.status', probability: '0.025%' },
      { drift: 'rename', path: '$.timestamp', to: 'time', probability: '0.025%' },
      { drift: 'retype', path: '$.data.event_count', probability: '0.025%' },
      { drop: 'reset', pause: '1000ms', probability: '0.1%' },
      { duplicate: '1..3', gap: '10ms..99ms', probability: '1%' },
      { delay: '50ms..500ms', probability: '5.06%' },
    ])
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
    expect(mqtt.faults).toContainEqual({ drop: 'reset', pause: '2000ms', probability: '0.1%' })
    expect(JSON.stringify(mqtt.steps)).toContain('"custom":{"device":"d-{{user.number}}"}')
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
