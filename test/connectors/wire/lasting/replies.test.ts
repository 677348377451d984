/** Which request a message belongs to: in order, by id, in order until the first id, none. */
import { expect, test } from 'vitest'
import { AwaitedReplies, type AwaitedReply, type ReplyMatching } from '../../../../src/connectors/wire/lasting/replies.ts'
import { type Trial, trial } from '../../contract.ts'

interface Message {
  readonly text: string
  readonly id?: string
}

const byId: ReplyMatching<Message> = { idOf: ({ id }) => id }

/** Requests, each with an id or none. */
function awaiting(matching: ReplyMatching<Message>, ids: readonly (string | undefined)[]) {
  const replies = new AwaitedReplies<Message, AwaitedReply<Message>>(matching)
  const trials = ids.map((id) => {
    const made = trial()
    made.exchange.sent(1)
    replies.start({ exchange: made.exchange, id, messages: 0, completes: () => false })
    return made
  })
  const ownerOf = (message: Message) => {
    const owner = replies.ownerOf(message)?.exchange
    return owner && trials.findIndex(({ exchange }) => exchange === owner)
  }
  return { replies, trials, ownerOf }
}

test.each<[string, ReplyMatching<Message>, (string | undefined)[], Message, number | undefined]>([
  ['without ids the oldest', {}, ['a', 'b'], { text: '', id: 'b' }, 0],
  ['the one with its id', byId, ['a', 'b'], { text: '', id: 'b' }, 1],
  ['one without an id, if no other has the id', byId, ['a', undefined], { text: '', id: 'c' }, 1],
  ['none, if no other has the id', byId, ['a', 'b'], { text: '', id: 'c' }, undefined],
  ['one without an id, if the message has none', byId, ['a', undefined], { text: '' }, 1],
  ['none, if all have ids and the message has none', byId, ['a', 'b'], { text: '' }, undefined],
  ['the oldest, until a message has an id', { ...byId, fifoUntilIds: true }, ['a', 'b'], { text: '' }, 0],
  ['none without requests', {}, [], { text: '' }, undefined],
])('a message belongs to %s', (_, matching, ids, message, owner) => {
  expect(awaiting(matching, ids).ownerOf(message)).toBe(owner)
})

test('in order until the first id, and by id from then on', () => {
  const { replies, trials, ownerOf } = awaiting({ ...byId, fifoUntilIds: true }, ['a', 'b'])
  trials[0]?.exchange.cancel()
  expect([replies.byId, replies.tainted]).toEqual([false, true])
  expect(ownerOf({ text: '', id: 'b' })).toBe(1)
  expect([replies.byId, replies.tainted, ownerOf({ text: '' })]).toEqual([true, false, undefined])
})

test('a reply ends with the message that completes it; the bytes of all of them are its own', async () => {
  const replies = new AwaitedReplies<Message, AwaitedReply<Message>>({})
  const made: Trial = trial()
  made.exchange.sent(1)
  const awaited = { exchange: made.exchange, id: undefined, messages: 0, completes: ({ text }: Message) => text === 'end' }
  replies.start(awaited)
  expect(replies.inFlight).toBe(1)
  for (const text of ['one', 'end']) replies.deliver(awaited, { text }, Buffer.from(text), made.exchange.sentAt)
  expect((await made.settled).outcome).toBe('ok')
  expect([made.text(), awaited.messages, replies.inFlight]).toEqual(['oneend', 2, 0])
})

test('forgotten requests get no messages', () => {
  const { replies, trials, ownerOf } = awaiting({}, ['a', 'b', 'c'])
  const [first] = trials
  expect(first && [replies.forget(first.exchange), replies.forget(first.exchange)]).toEqual([true, false])
  expect(ownerOf({ text: '' })).toBe(1)
  expect([replies.takeAll().length, replies.takeAll().length, ownerOf({ text: '' })]).toEqual([2, 0, undefined])
})
