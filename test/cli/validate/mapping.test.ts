import { describe, expect, test } from 'vitest'
import { pathText } from '../../../src/scenario/read/source/source.ts'
import { generic, REPLY, readingOf, STREAM } from './reading-of.ts'

const statesOf = ({ checks }: ReturnType<typeof readingOf>) =>
  Object.fromEntries(
    checks.map(({ place, state, said }) => [pathText(place).replace(/^target\.response\./, ''), `${state}: ${said}`]),
  )

describe('the mapping of a target', () => {
  test('tells what every path finds', () => {
    const text = '$.choices[0].message.content'
    const usage = { input: '$.usage.prompt_tokens', output: '$.usage.completion_tokens' }
    const toolCalls = '$.choices[0].message.tool_calls'
    const reading = readingOf(generic({ text, usage, toolCalls, finish: '$.choices[0].finish_reason', conversationId: '$.conversation.uuid', error: '$.error.message' }), REPLY) // biome-ignore format: one line
    expect(statesOf(reading)).toEqual({
      text: 'found: "Order 17 is late"',
      toolCalls: 'open: nothing: the sample calls no tool',
      'usage.input': 'found: 12',
      'usage.output': 'found: 5',
      finish: 'found: "stop"',
      conversationId: 'found: "c-1"',
      error: 'open: nothing: the sample is no error reply',
    })
    expect(reading.findings).toEqual([])
  })

  test.each([
    ['text', '$.choices[0].text', 'nothing', 'did you mean $.choices[0].message.content'],
    ['text', '$.choises[0].message.content', 'nothing', 'did you mean $.choices[0].message.content'],
    ['text', '$.content', 'nothing', 'did you mean $.choices[0].message.content'],
    ['text', 'choices.0.message.contents', 'nothing', 'did you mean $.choices[0].message.content'],
    ['conversationId', '$.conversation_id.uuid', 'nothing', 'did you mean $.conversation.uuid'],
  ])('%s at %s finds %s: %s', (key, path, said, hint) => {
    const [finding] = readingOf(generic({ text: '$.choices[0].message.content', [key]: path }), REPLY).findings
    expect(finding).toMatchObject({
      code: 'E_SAMPLE',
      path: ['target', 'response', key],
      message: `${path} finds ${said} in r.json`,
    })
    expect(finding?.hint).toMatch(new RegExp(`^${hint.replace(/[$.[\]]/g, '\\$&')}`))
  })

  test('a token count has to be a number', () => {
    const { findings } = readingOf(generic({ text: '$.id', usage: { output: '$.usage.note' } }), REPLY)
    expect(findings).toMatchObject([{ message: '$.usage.note in r.json: "n" is no number', hint: 'did you mean $.usage.prompt_tokens or $.usage.completion_tokens?' }]) // biome-ignore format: one line
  })

  test.each([
    ['SSE', STREAM],
    ['NDJSON', STREAM.replace('[DONE]', '{"done":true}').replaceAll('data: ', '').replaceAll('\n\n', '\n')],
  ])('a stream is read event by event (%s)', (_, body) => {
    const reading = readingOf(generic({ text: '$.reply', delta: '$.choices[0].delta.content', usage: { output: '$.usage.completion_tokens' } }), body) // biome-ignore format: one line
    expect(reading.exchange).toMatchObject({ outcome: 'ok', text: 'Hello', frames: 2 })
    expect(statesOf(reading)).toMatchObject({
      text: 'open: for whole replies; the sample is a stream',
      delta: expect.stringMatching(/^found: "Hel" \(in 2 of [45] events\)$/),
      'usage.output': expect.stringMatching(/^found: 2 /),
    })
  })

  test('the value that ends a stream has to come', () => {
    const end = { path: '$.choices[0].finish_reason', equals: 'length' }
    const { findings } = readingOf(generic({ delta: '$.choices[0].delta.content', end }), STREAM)
    expect(findings.map(({ message }) => message)).toEqual([
      '$.choices[0].finish_reason in r.json: never "length", but "stop" (in 1 of 4 events)',
    ])
  })

  test('an error reply is held against the path of the error alone', () => {
    const reading = readingOf(generic({ text: '$.reply', error: '$.fault.text' }), { fault: { text: 'no such model' } })
    expect(reading.isError).toBe(true)
    expect(statesOf(reading)).toEqual({ text: 'open: the sample is an error reply', error: 'found: "no such model"' })
    expect(reading.findings).toEqual([])
  })

  test('without a mapping, a text that is nowhere is a problem with a suggestion', () => {
    const { findings } = readingOf({ target: { url: 'http://127.0.0.1/' } }, { data: { deep: { answer: 'hi there' } } })
    expect(findings).toMatchObject([
      { path: ['target'], hint: 'there is text at $.data.deep.answer: response: { text: "$.data.deep.answer" }' },
    ])
  })

  test('messages of a socket come one by one', () => {
    const target = { url: 'ws://127.0.0.1/', response: { delta: '$.token', end: { path: '$.done' } } }
    const reading = readingOf({ target }, '{"token":"a"}\n{"token":"b"}\n{"done":true}\n')
    expect(reading.exchange).toMatchObject({ outcome: 'ok', text: 'ab' })
    expect(reading.findings).toEqual([])
  })
})
