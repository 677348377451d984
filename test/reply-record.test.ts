import { expect, test } from 'vitest'
import { Exchange } from '../src/exchange.ts'
import { HEAD_CHARACTERS } from '../src/text/held-text.ts'

function made(settings = {}) {
  const exchange = new Exchange(0, { push: () => {}, end: () => {} }, () => {}, settings)
  const piece = (at: number, ...units: Parameters<Exchange['unit']>[]) => {
    exchange.data(Buffer.from('raw'), at)
    for (const unit of units) exchange.unit(...unit)
  }
  return { exchange, piece }
}

test('reasoning is a token and no output; the units of one delivery are frames without a gap', () => {
  const { exchange, piece } = made()
  piece(10, ['reasoning', 'hm', 4])
  piece(30, ['text', ' \n', undefined, 2], ['text', 'Hi'])
  piece(60, ['tool', '{}'])
  expect(exchange).toMatchObject({
    firstTokenAt: 10,
    firstOutputAt: 30,
    lastTokenAt: 60,
    frames: 4,
    outputFrames: 3,
    gapsMs: [20, 0, 30],
  })
  expect(exchange).toMatchObject({
    firstFrameTokens: 4,
    firstOutputTokens: 2,
    reasoningBytes: 2,
    text: ' \nHi',
    reasoning: 'hm',
    toolArguments: '{}',
  })
})

test.each<[string, Parameters<Exchange['unit']>, boolean, boolean]>([
  ['white space says nothing', ['text', ' \n'], false, false],
  ['text speaks', ['text', 'a'], true, false],
  ['so does a refusal', ['refusal', 'no'], true, true],
  ['and a call, be it without arguments', ['tool', ''], true, false],
  ['reasoning does not', ['reasoning', 'a'], false, false],
])('%s', (_, unit, spoke, refused) => {
  const { exchange, piece } = made()
  piece(1, unit)
  expect([exchange.spoke, exchange.refused]).toEqual([spoke, refused])
})

test('more reasoning tokens than bytes of reasoning: it was not all shown', () => {
  const usage = (reasoningTokens: number | null) => ({ usage: { reasoningTokens } as Exchange['usage'] })
  const hides = (facts: Parameters<Exchange['note']>[0]) => {
    const { exchange, piece } = made()
    piece(1, ['reasoning', 'äb'])
    exchange.note(facts)
    return exchange.hidesReasoning
  }
  expect([hides(usage(3)), hides(usage(4)), hides(usage(null)), hides({ partialReasoning: true })]).toEqual([
    false,
    true,
    false,
    true,
  ])
})

test('what nobody asked for is held by its beginning', () => {
  const long = 'x'.repeat(HEAD_CHARACTERS + 10)
  const [all, some] = [made(), made({ keepText: false })]
  for (const { piece } of [all, some]) piece(1, ['text', long])
  expect([all.exchange.text.length, some.exchange.text.length]).toEqual([long.length, HEAD_CHARACTERS])
})

test('the raw reply: all of it where it was asked for, else what came before the text', () => {
  const [kept, bare] = [made({ keepBody: true }), made()]
  for (const { piece } of [kept, bare]) {
    piece(1)
    piece(2)
  }
  expect([Buffer.from(kept.exchange.rawBody).toString(), bare.exchange.rawBody.length]).toEqual(['rawraw', 0])
  expect(Buffer.from(bare.exchange.rawBeginning).toString()).toBe('rawraw')
  for (const { piece } of [kept, bare]) piece(3, ['text', 'a'])
  expect([Buffer.from(kept.exchange.rawBeginning).toString(), bare.exchange.rawBeginning.length]).toEqual(['rawrawraw', 0])
})

test('of bytes that are no UTF-8 the first are kept, as a copy', () => {
  const { exchange } = made()
  const bytes = new Uint8Array(5000).fill(0xff)
  exchange.odd(bytes)
  bytes.fill(0)
  exchange.odd(new Uint8Array([1]))
  expect([exchange.oddBytes?.length, exchange.oddBytes?.[0]]).toEqual([4096, 0xff])
})
