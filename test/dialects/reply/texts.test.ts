import { describe, expect, test } from 'vitest'
import { emptyTextIn, textsIn } from '../../../src/dialects/reply/texts.ts'

describe('paths with text', () => {
  test.each([
    ['the likeliest come first', '{"a":"a","b":"b","message":{"content":"c"}}', ['$.message.content', '$.a', '$.b']],
    [
      'nothing that describes a reply',
      '{"id":"a","object":"b","model":"c","created_at":"d","choices":[{"role":"e","finish_reason":"f","request_id":"h"}],"said":"g"}',
      ['$.said'],
    ],
    ['nothing else when the text is there and empty', '{"mood":"a","choices":[{"message":{"content":""}}]}', []],
    ['keys that need quotes', '{"a b":{"it\'s":["x"]}}', ['$["a b"]["it\'s"][0]']],
    [
      'the events of a stream, each path once',
      'event: x\ndata: {"delta":"He"}\n\ndata: {"delta":"llo"}\n\ndata: [DONE]\n',
      ['$.delta'],
    ],
    ['lines of JSON', '{"token":"a"}\n{"token":"b"}\n', ['$.token']],
    ['nothing in plain text', 'Hello', []],
    ['nothing in empty texts', '{"a":"","b":"  "}', []],
  ])('%s', (_, body, paths) => {
    expect(textsIn(body).map(({ path }) => path)).toEqual(paths)
  })
})

test('the place of a text that is empty', () => {
  expect(emptyTextIn('{"id":"a","choices":[{"message":{"content":" "}}]}')).toBe('$.choices[0].message.content')
  expect(emptyTextIn('{"id":""}')).toBeUndefined()
})
