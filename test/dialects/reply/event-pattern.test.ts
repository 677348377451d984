/** Events of one form are read without being parsed, and mean what they mean when they are parsed. */
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { dialectNamed } from '../../../src/dialects/index.ts'
import type { Decoder, Dialect } from '../../../src/dialects/parts/dialect.ts'
import { patternOf } from '../../../src/dialects/reply/event-pattern.ts'
import { createReader } from '../../../src/dialects/reply/reader.ts'
import { drawn } from '../../support/share.ts'
import { cutAt, feedReader, fixture, meaning, SSE } from '../feed.ts'

/** The dialect of this name, with each of its decoders changed by `change`. */
function changed(name: string, change: (decoder: Decoder) => void): Dialect {
  const dialect = dialectNamed(name)
  if (dialect === undefined) throw new Error(`no dialect ${name}`)
  const decoder = (mapping: unknown) => {
    const made = dialect.decoder(mapping)
    change(made)
    return made
  }
  return { ...dialect, decoder }
}

const read = (dialect: Dialect, pieces: readonly Uint8Array[]) =>
  meaning(feedReader(createReader(dialect, undefined, true), { headers: SSE }, pieces))

const chat = (text: string, time: string, more = '') =>
  `data: {"id":"c-1","created":${time},"choices":[{"index":0,"delta":{"content":${text}},"finish_reason":null}]${more}}\n\n`
const typed = (type: string, text: string, more = '') =>
  `event: ${type}\ndata: {"type":"${type}","delta":${text},"sequence_number":1${more}}\n\n`

const TEXTS = ['"a"', '" long enough"', '""', '"é🎉"', '"\\n"', '"\\u0061"', '"a', 'null', '"created"', '"c-1"', '"a"b']
const TIMES = [
  '1',
  '1730000000',
  '0',
  '01',
  '-1',
  '1.5',
  '1e3',
  '"1"',
  '"\\t"',
  '"é"',
  '""',
  'null',
  '{"created":1}',
  '1,"created":2',
]
const MORE = [
  '',
  ',"usage":null',
  ',"usage":{"prompt_tokens":1,"completion_tokens":1}',
  ',"error":"x"',
  ',"p":"ab"',
  ',"p":"a\\""',
]

/** A form of events: the values of its three holes, the usual one first, and the event with such values. */
interface Form {
  readonly holes: readonly [readonly string[], readonly string[], readonly string[]]
  readonly event: (...values: readonly string[]) => string
}

const FORMS: Record<string, Form> = {
  'openai-chat': { holes: [TEXTS, TIMES, MORE], event: (text = '', time = '', more) => chat(text, time, more) },
  'openai-responses': {
    holes: [TEXTS, ['response.output_text.delta', 'response.refusal.delta', 'error'], MORE],
    event: (text = '', type = '', more) => typed(type, text, more),
  },
  anthropic: {
    holes: [TEXTS, ['text_delta', 'thinking_delta'], MORE],
    event: (text = '', type = '', more) => typed('content_block_delta', `{"type":"${type}","text":${text}}`, more),
  },
}

const OTHER = [': ping\n\n', '\r\n', 'data: x\n', 'event: error\n', 'data: [DONE]\n\n', 'data: {\ndata: }\n\n', '\uFEFF']

/** One to three equal events, and others that differ from them in one hole, among others of other forms. Each part is a delivery. */
function streamOf({ holes, event }: Form): fc.Arbitrary<string[]> {
  const usual = holes.map(([first]) => first!)
  const one = (values: readonly string[]) =>
    fc.nat({ max: 2 }).chain((at) => fc.constantFrom(...holes[at]!).map((value) => values.with(at, value)))
  return one(usual).chain((values) =>
    fc
      .array(fc.oneof({ weight: 6, arbitrary: one(values).map((all) => event(...all)) }, fc.constantFrom(...OTHER)), {
        maxLength: 5,
      })
      .map((parts) => [...Array.from({ length: 1 + (parts.length % 3) }, () => event(...values)), ...parts]),
  )
}

describe.each(Object.entries(FORMS))('%s', (name, form) => {
  const event = form.event(...form.holes.map(([first]) => first!))
  const dialect = changed(name, () => {})
  const parsing = changed(name, (decoder) => Object.assign(decoder, { textOf: undefined }))

  test('any events after equal ones mean the same as when all are parsed, cut anywhere', () => {
    const broken = fc.option(fc.nat(), { freq: 3 })
    fc.assert(
      fc.property(streamOf(form), fc.array(fc.nat(), { maxLength: 2 }), broken, fc.boolean(), (parts, cuts, bad, joined) => {
        const bytes = Buffer.from(parts.join(''))
        if (bad !== null) bytes[bad % bytes.length] = 0xff
        let end = 0
        const ends = joined ? [] : parts.map((part) => (end += Buffer.byteLength(part)))
        const pieces = cutAt(bytes, [...ends, ...cuts])
        const meant = read(parsing, pieces)
        // The second time with the pattern that the first has made.
        for (let round = 0; round < 2; round++) expect(read(dialect, pieces)).toEqual(meant)
      }),
      { numRuns: drawn(5000) },
    )
  })

  test('of a stream of usual events only the first are parsed, and of the next stream only the first', () => {
    let parsed = 0
    const counting = changed(name, (decoder) => {
      const inner = decoder.event.bind(decoder)
      decoder.event = (...args) => {
        parsed += 1
        inner(...args)
      }
    })
    const bytes = Buffer.from(event)
    for (const most of [2, 1]) {
      parsed = 0
      // The parser holds the first event, which does not begin as plain ones do, until the decoder has dropped a byte order mark.
      const { text } = read(
        counting,
        Array.from({ length: 50 }, () => bytes),
      )
      expect([text, parsed]).toEqual(['a'.repeat(50), most])
    }
  })
})

test.each<[string, boolean]>([
  ['SSE', true],
  ['messages', false],
])('a pattern is made for %s: %s', (form, isMade) => {
  const textOf = vi.fn(() => undefined)
  const watched = changed('openai-chat', (decoder) => Object.assign(decoder, { textOf }))
  const event = chat('"a"', '1')
  const piece = Buffer.from(form === 'SSE' ? event : event.slice('data: '.length).trim())
  const exchange = feedReader(
    createReader(watched, undefined, true),
    form === 'SSE' ? { headers: SSE } : { status: null },
    Array(5).fill(piece),
  )
  expect([exchange.text, textOf.mock.calls.length > 0]).toEqual(['aaaaa', isMade])
})

test.each(['openai-chat', 'anthropic', 'openai-responses'])('%s: a recorded stream means the same', (name) => {
  const bytes = fixture(`${name}/stream.sse`)
  const parsing = changed(name, (decoder) => Object.assign(decoder, { textOf: undefined }))
  const dialect = changed(name, () => {})
  for (let round = 0; round < 2; round++) expect(read(dialect, [bytes])).toEqual(read(parsing, [bytes]))
})

describe('a pattern', () => {
  const textOf = ({ text }: Readonly<Record<string, unknown>>) => (typeof text === 'string' ? text : undefined)
  const fits = (data: string, event: string) => {
    const bytes = Buffer.from(`data: ${event}\n\n`)
    const pattern = patternOf('', data, textOf)
    let text: string | undefined
    if (pattern?.match(bytes, 0) === bytes.length)
      pattern.report(bytes, {
        unit: (_kind, found) => {
          text = found
        },
        textUnit: (all, start, end) => {
          text = Buffer.from(all).toString('latin1', start, end)
        },
      })
    return text
  }

  test.each([
    ['another text', '{"text":"b","id":"1"}', 'b'],
    ['text that is not ASCII', '{"text":"é🎉","id":"1"}', 'é🎉'],
    ['an escape', '{"text":"\\n","id":"1"}', undefined],
    ['another id', '{"text":"b","id":"2"}', 'b'],
    ['an id with an escape', '{"text":"b","id":"\\n"}', undefined],
    ['an id that is not ASCII', '{"text":"b","id":"é"}', undefined],
    ['a member more', '{"text":"b","id":"1","a":1}', undefined],
  ])('fits: %s', (_title, event, text) => expect(fits('{"text":"a","id":"1"}', event)).toBe(text))

  test('has its holes in members of the event alone, whatever their order and names', () => {
    const data = '{ "in": {"n": 1, "text": "a"}, "n": 1, "s": "a", "text" : "a" }'
    expect(fits(data, data.replace('}, "n": 1', '}, "n": 25').replace('"s": "a"', '"s": "zz"'))).toBe('a')
    expect(fits(data, data.replace('{"n": 1', '{"n": 2'))).toBeUndefined()
    expect(fits(data, data.replace('"text" : "a"', '"text" : "b"'))).toBe('b')
  })

  test.each([
    ['is an error by its name', 'error', '{"text":"a"}'],
    ['has an escape in its text', '', '{"text":"\\u0061"}'],
    ['came in several lines', '', '{\n"text":"a"}'],
    ['is something else', '', '{"other":"a"}'],
    ['is no JSON', '', '{"text":"a"'],
    ['has its text in many places before', '', `{"x":[${'"a",'.repeat(100)}1],"text":"a"}`],
    ['has many members', '', `{"text":"a",${Array.from({ length: 20 }, (_, i) => `"m${i}":1`).join(',')}}`],
    ['is large', '', `{"text":"a","x":"${'y'.repeat(5000)}"}`],
  ])('is not made of an event that %s', (_title, name, data) => expect(patternOf(name, data, textOf)).toBeUndefined())
})
