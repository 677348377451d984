import { describe, expect, test } from 'vitest'
import { series, UUID, WALL } from './bodies.ts'

describe('envelopes', () => {
  test('sync_data', () => {
    const [one] = series({ types: ['HEARTBEAT'], envelope: 'sync_data', connectionType: 'mqtt' }, 1)
    expect(one).toEqual({
      type: 'sync_data',
      correlation_id: expect.stringMatching(UUID),
      timestamp: WALL,
      data: {
        timestamp: WALL,
        message_id: expect.stringMatching(UUID),
        connection_type: 'mqtt',
        heartbeat: { status: 'alive', uptime_ms: 1500 },
      },
    })
  })

  test('sync_data in camel case', () => {
    const [one] = series({ types: ['HEARTBEAT'], envelope: 'sync_data', case: 'camel' }, 1)
    expect(Object.keys(one ?? {})).toEqual(['type', 'correlationId', 'timestamp', 'data'])
    expect(one?.data).toMatchObject({ messageId: expect.any(String), heartbeat: { uptimeMs: 1500 } })
    expect(Object.keys(one?.data as object)).toEqual(['timestamp', 'messageId', 'connectionType', 'heartbeat'])
  })

  test('graphql, camel case unless told otherwise, with the events of a service', () => {
    const all = series(
      { types: ['VOICE_DATA', 'BEHAVIORAL_DATA'], envelope: 'graphql', service: 'svc', query: 'mutation { x }' },
      500,
    )
    expect(all[0]).toEqual({
      serviceName: 'svc',
      uuids: [expect.stringMatching(UUID)],
      query: 'mutation { x }',
      variables: { input: expect.any(Object) },
      timestamp: WALL,
    })
    const inputs = all.map((one) => (one.variables as { input: Record<string, Record<string, unknown>> }).input)
    expect(inputs[0]).toEqual({
      timestamp: WALL,
      messageId: expect.stringMatching(UUID),
      clientId: 'client-7',
      voiceData: { qualityScore: expect.any(Number), durationMs: expect.any(Number), confidenceScore: expect.any(Number) },
      behavioralData: {
        eventType: expect.any(String),
        interactionCount: expect.any(Number),
        sessionDurationMs: expect.any(Number),
      },
    })
    const events = new Set(inputs.map((input) => input.behavioralData?.eventType))
    expect(events).toEqual(new Set(['interaction', 'navigation', 'task_completion']))
    const [snake] = series({ types: ['METRICS'], envelope: 'graphql', case: 'snake' }, 1)
    expect(snake).toMatchObject({ variables: { input: { metrics: { cpu_usage: expect.any(Number) } } } })
  })
})
