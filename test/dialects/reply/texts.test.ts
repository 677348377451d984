import { describe, expect, test } from 'vitest'
import { textsIn } from '../../../src/dialects/reply/texts.ts'

describe('paths with text', () => {
  test.each([
    ['the likeliest come first', '{"id":"a","role":"b","message":{"content":"c"}}', ['$.message.content', '$.id', '$.role']],
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
