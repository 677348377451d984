import { describe, expect, test } from 'vitest'
import { multipartContent } from '../../src/connectors/http/request/multipart.ts'
import type { MultipartPart } from '../../src/connectors/http/request/multipart-schema.ts'
import { http } from '../../src/connectors/http.ts'
import { readMultipart } from '../support/multipart.ts'
import { addressOf } from './contract.ts'

function sent(parts: readonly MultipartPart[]) {
  const { type, body } = multipartContent(parts)
  return readMultipart(type, body)
}
const boundaryOf = (type: string) => /boundary=(.*)$/.exec(type)?.[1] ?? ''

describe('the bytes of a form', () => {
  test('are those that undici sends for the same fields', async () => {
    const bytes = Buffer.from([0, 255, 13, 10, 45, 45, 1])
    const form = new FormData()
    form.append('plain', 'héllo')
    form.append('with "quotes"', 'two\r\nlines')
    form.append('line\r\nbreak', '')
    form.append('file', new Blob([bytes], { type: 'audio/wav' }), 'a "b"\r\n.wav')
    form.append('other', new Blob([bytes]), 'ä.bin')
    const theirs = new Response(form)
    const own = multipartContent([
      { name: 'plain', value: 'héllo' },
      { name: 'with "quotes"', value: 'two\r\nlines' },
      { name: 'line\r\nbreak', value: '' },
      { name: 'file', file: 'x', filename: 'a "b"\r\n.wav', type: 'audio/wav', content: bytes },
      { name: 'other', file: 'sub/ä.bin', content: bytes },
    ])
    const boundary = boundaryOf(theirs.headers.get('content-type') ?? '')
    const expected = Buffer.from(await theirs.arrayBuffer())
      .toString('latin1')
      .replaceAll(boundary, boundaryOf(own.type))
    expect(boundary).not.toBe('')
    expect(own.body.toString('latin1')).toBe(expected)
  })

  test.each([
    [
      { name: 'n', value: 1.5 },
      { content: '1.5', type: undefined },
    ],
    [
      { name: 'n', value: false },
      { content: 'false', type: undefined },
    ],
    [
      { name: 'n', value: '{}', type: 'application/json' },
      { content: '{}', type: 'application/json' },
    ],
    [
      { name: 'n', value: { a: [1] } as never },
      { content: '{"a":[1]}', type: undefined },
    ],
    [
      { name: 'a"; filename="x', value: 'v' },
      { name: 'a%22; filename=%22x', filename: undefined, content: 'v' },
    ],
    [
      { name: 'a\r\nX: 1\r\n\r\nb', value: 'v' },
      { name: 'a%0D%0AX: 1%0D%0A%0D%0Ab', content: 'v' },
    ],
    [
      { name: 'n', file: 'f', filename: 'a"\r\nContent-Type: x' },
      { filename: 'a%22%0D%0AContent-Type: x', content: '' },
    ],
  ] as [MultipartPart, object][])('%j', (part, expected) => {
    const [only, ...more] = sent([part])
    expect(more).toEqual([])
    expect({ ...only, content: only?.content.toString() }).toMatchObject(expected)
  })

  test('a content that holds boundaries stays one part, and the boundary is the next that is free', () => {
    const first = boundaryOf(multipartContent([{ name: 'n', value: '' }]).type)
    const second = first.replace(/0$/, '1')
    const hostile = `\r\n--${first}--\r\n\r\n--${second}\r\nContent-Disposition: form-data; name="x"\r\n\r\n1`
    const inFile = Buffer.from(`--${first.replace(/0$/, '2')}`)
    const parts: MultipartPart[] = [
      { name: 'a', value: hostile },
      { name: 'b', file: 'f', content: inFile },
    ]
    expect(boundaryOf(multipartContent(parts).type)).toBe(first.replace(/0$/, '3'))
    expect(sent(parts).map(({ name, content }) => [name, content.toString()])).toEqual([
      ['a', hostile],
      ['b', inFile.toString()],
    ])
  })

  test('the same parts are the same bytes', () => {
    const parts = [{ name: 'a', value: 'b' }]
    expect(multipartContent(parts)).toEqual(multipartContent(parts))
  })
})

test('a file that nobody read is not sent as an empty one', () => {
  expect(multipartContent([{ name: 'f', file: 'a' }]).problem).toBe('the file of part 1 was not read')
})

describe('the step', () => {
  const address = addressOf('http://127.0.0.1:1/', { headers: { 'content-type': 'application/json' } })
  const options = http.options.parse({})

  test('is a POST whose type no header changes', () => {
    const given = { headers: { 'Content-Type': 'text/plain' }, multipart: [{ name: 'a', value: 'b' }] }
    const { method, headers, body, problem } = http.fromStep(http.request.parse(given), address, options)
    expect([method, problem]).toEqual(['POST', undefined])
    expect(readMultipart(headers['content-type'] ?? '', Buffer.from(body ?? ''))).toMatchObject([{ name: 'a' }])
  })

  test.each(['a/b\r\nX: 1', 'a/b\u0000', 'ä/b'])('a type %j is not sent', (type) => {
    const step = http.request.parse({ multipart: [{ name: 'a', value: 'b', type }] })
    expect(http.fromStep(step, address, options).problem).toMatch(/^the type of part 1 holds a line break/)
  })

  test.each([
    [{ multipart: [{ name: 'a', value: 'b' }], form: { a: 'b' } }, 'at most one of json, body, form and multipart'],
    [{ multipart: [] }, '>=1 items'],
    [{ multipart: [{ name: 'a' }] }, 'give value or file'],
    [{ multipart: [{ name: 'a', value: 'b', file: 'c' }] }, 'give value or file'],
    [{ multipart: [{ name: 'a', value: 'b', filename: 'c' }] }, 'filename belongs to file'],
    [{ multipart: [{ name: 'a', file: '{{x}}' }] }, 'cannot be a template'],
    [{ multipart: [{ value: 'a' }] }, 'expected string'],
    [{ multipart: [{ name: 'a', value: 'b', headers: {} }] }, 'Unrecognized key'],
  ])('%j is refused', (given, why) => {
    expect(http.request.safeParse(given).error?.message).toContain(why)
  })
})
