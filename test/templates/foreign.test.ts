import { describe, expect, test } from 'vitest'
import type { Data } from '../../src/templates/template.ts'
import { convert } from './foreign/convert.ts'

describe('what a file says that cannot be meant', () => {
  const base = { name: 'n', protocol: 'WEBSOCKET', endpoint: 'h:1', duration_seconds: 10 }
  const told = (more: Data) => convert({ ...base, ...more }).located.filter(({ severity }) => severity !== 'note')

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
