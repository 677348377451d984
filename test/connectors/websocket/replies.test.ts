import { describe, expect, test } from 'vitest'
import { text } from '../../servers/ws-frames.ts'
import { fateOf, type OptionsInput, serverFor, userOf } from '../websocket-kit.ts'
import { echo } from './echo.ts'

describe('replies that carry the id of their request', () => {
  const options: OptionsInput = { reply: { match: { correlate: { send: '$.meta.id', receive: '$.for' } } } }
  const answer = (said: string, more: object = {}) => text(JSON.stringify({ for: JSON.parse(said).meta.id, ...more }))

  test('are told apart, whatever their order', async () => {
    const held: string[] = []
    const server = await serverFor({
      message: ({ socket }, said) => {
        held.push(said)
        if (held.length === 3) for (const one of held.toReversed()) socket.write(answer(one, { said: JSON.parse(one).say }))
      },
    })
    const user = await userOf(server.url, options)
    const all = ['a', 'b', 'c'].map((say) => user.request({ json: { say } }))
    await Promise.all(all.map((one) => one.settled))
    expect(all.map((one) => JSON.parse(one.text()))).toEqual([
      { for: '0-1', said: 'a' },
      { for: '0-2', said: 'b' },
      { for: '0-3', said: 'c' },
    ])
  })

  test('an id of one’s own is kept, numbers too', async () => {
    const server = await serverFor({ message: ({ socket }, said) => void socket.write(answer(said)) })
    const user = await userOf(server.url, options)
    const one = user.request({ json: { meta: { id: 7, more: true } } })
    expect(await fateOf(one)).toBe('ok')
    expect(one.text()).toBe('{"for":7}')
    expect(server.messages).toEqual(['{"meta":{"id":7,"more":true}}'])
  })

  test('one that comes too late is nobody’s, and the connection stays', async () => {
    const server = await serverFor({
      message: ({ socket }, said) => {
        if (said.includes('slow')) return
        socket.write(Buffer.concat([answer(server.messages[0] ?? ''), text('no json'), text('[]'), answer(said)]))
      },
    })
    const user = await userOf(server.url, options)
    const slow = user.request({ json: { say: 'slow' } })
    slow.exchange.fail('timeout_headers', 'headers', 'the deadline passed')
    user.connection.cancel(slow.exchange)
    const next = user.request({ json: { say: 'next' } })
    expect(await fateOf(next)).toBe('ok')
    expect([next.text(), next.exchange.reused, server.upgrades.length]).toEqual(['{"for":"0-2"}', true, 1])
  })

  test.each([{ text: 'x' }, { json: [1] }, { json: null }, { binary: 'aGk=' }])('%j has no place for an id', async (step) => {
    const server = await serverFor(echo)
    const { failure } = await (await userOf(server.url, options)).request(step).settled
    expect(failure).toMatchObject({ class: 'local_request', phase: 'send' })
    expect(server.messages).toEqual([])
  })
})
