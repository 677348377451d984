import { describe, expect, test } from 'vitest'
import { eventually, mockFor } from './harness.ts'
import { client } from './websocket/client.ts'

test('/ws sends back what comes, text and binary', async () => {
  const mock = await mockFor()
  const { socket, heard, say } = await client(mock, '/ws')
  const kinds: boolean[] = []
  socket.on('message', (_data, binary) => void kinds.push(binary))
  say('naïve 🔥')
  say(Buffer.from([0, 1, 0xff]))
  say('')
  await eventually(() => heard.length === 3)
  expect(heard).toEqual(['naïve 🔥', Buffer.from([0, 1, 0xff]).toString(), ''])
  expect(kinds).toEqual([false, true, false])
  expect(mock.stats()).toMatchObject({
    requests: 3,
    inFlight: 0,
    byRoute: { 'ws-echo': 3 },
    byOutcome: { ok: 3 },
    connectionsAccepted: 1,
  })
})

describe('/v1/responses', () => {
  const create = { type: 'response.create', model: 'm', input: 'hello' }

  test('the events of a response, one to a message; the next one may continue it', async () => {
    const mock = await mockFor({ tokens: 3 })
    const { json, heard, say } = await client(mock, '/v1/responses')
    say(create)
    await eventually(() => heard.some((one) => one.includes('response.completed')))
    const events = json()
    expect(events.map(({ type }) => type).filter((type) => type === 'response.output_text.delta')).toHaveLength(3)
    expect(events.map(({ sequence_number: number }) => number)).toEqual(events.map((_, at) => at))
    expect([events[0].type, events.at(-1).type]).toEqual(['response.created', 'response.completed'])
    expect(events.at(-1).response.usage).toMatchObject({ output_tokens: 3 })
    say({ ...create, input: 'more', previous_response_id: events.at(-1).response.id })
    await eventually(() => heard.some((one) => one.includes('turn 2: more')))
  })

  test('what is no response.create is an error event', async () => {
    const mock = await mockFor()
    const { json, heard, say } = await client(mock, '/v1/responses')
    say({ ...create, type: 'session.update' })
    await eventually(() => heard.length === 1)
    expect(json()[0]).toMatchObject({
      type: 'error',
      status: 400,
      error: { message: expect.stringContaining('response.create') },
    })
  })
})
