import { describe, expect, test } from 'vitest'
import { events, REPLY, readingOf, STREAM } from './reading-of.ts'

describe('presets', () => {
  const target = { preset: 'openai-chat', url: 'mock:', model: 'm' }

  test.each([
    ['one document', REPLY, 'Order 17 is late', 5],
    ['a stream', STREAM, 'Hello', 2],
  ])('the dialect reads %s', (_, body, text, outputTokens) => {
    const { exchange, findings, lines } = readingOf({ target }, body)
    expect(exchange).toMatchObject({ outcome: 'ok', text, finishReason: 'stop', usage: { outputTokens } })
    expect(findings).toEqual([])
    expect(lines.join('\n')).toContain(`  text      ${JSON.stringify(text)}\n`)
  })

  test.each([
    ['a stream that ends early', STREAM.replace('data: [DONE]', ':').replace('"finish_reason":"stop"', '"x":1'), /^openai-chat cannot read r\.json: closed_early/],
    ['a reply of something else', { answer: 'hi' }, /r\.json/],
    ['a page', '<html>502</html>', /^openai-chat cannot read r\.json: bad_/],
  ])('%s is a problem of the target', (_, body, message) => {
    const { findings } = readingOf({ target }, body)
    expect(findings).toMatchObject([{ code: 'E_SAMPLE', path: ['target'] }])
    expect(findings[0]?.message).toMatch(message)
  }) // biome-ignore format: a table

  test.each([
    [{ n: 2 }, 'ap', 'stop'],
    [{}, 'appears', 'length'],
  ])('with %j in the body of the target, the text is %j', (body, text, finishReason) => {
    const piece = (index: number, content: string, finish: string | null = null) => ({
      choices: [{ index, delta: { content }, finish_reason: finish }],
    })
    const sample = events(piece(0, 'ap'), piece(1, 'pears', 'length'), piece(0, '', 'stop'), '[DONE]')
    expect(readingOf({ target: { ...target, body } }, sample).exchange).toMatchObject({ outcome: 'ok', text, finishReason })
  })

  test('ollama writes lines', () => {
    const body =
      '{"message":{"content":"a"},"done":false}\n{"message":{"content":"b"},"done":true,"done_reason":"stop","eval_count":2}\n'
    expect(readingOf({ target: { preset: 'ollama', url: 'mock:' } }, body).exchange).toMatchObject({ outcome: 'ok', text: 'ab' })
  })
})
