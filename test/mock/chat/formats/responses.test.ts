import { describe, expect, test } from 'vitest'
import { mockFor } from '../../harness.ts'
import { clientOf } from './openai-client.ts'

describe('openai responses, read by the official SDK', () => {
  test('streamed and whole replies hold the same text, status and exact usage', async () => {
    const client = clientOf(await mockFor({ tokens: 6, reasoningTokens: 2 }))
    const ask = { model: 'm', input: 'Where is it?', instructions: 'Be brief.' }
    const stream = client.responses.stream(ask)
    const numbers: number[] = []
    let text = ''
    let reasoning = ''
    for await (const event of stream) {
      numbers.push(event.sequence_number)
      if (event.type === 'response.output_text.delta') text += event.delta
      if (event.type === 'response.reasoning_summary_text.delta') reasoning += event.delta
    }
    const final = await stream.finalResponse()
    const whole = await client.responses.create(ask)
    expect(numbers).toEqual(numbers.map((_, i) => i))
    expect(text).toMatch(/^turn 1: Where is it\? word\d+$/)
    expect(reasoning).toMatch(/^thinking word\d+$/)
    expect(final.output_text).toBe(text)
    expect(final.status).toBe('completed')
    expect(final.usage).toEqual({
      input_tokens: 6,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: 8,
      output_tokens_details: { reasoning_tokens: 2 },
      total_tokens: 14,
    })
    expect(whole.output_text).toBe(text)
    expect(whole.usage).toEqual(final.usage)
  })

  test('a limit leaves the response incomplete', async () => {
    const client = clientOf(await mockFor({ tokens: 6 }))
    const reply = await client.responses.create({ model: 'm', input: 'Hi', max_output_tokens: 2 })
    expect(reply).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      output_text: 'turn 1:',
    })
  })

  test('previous_response_id continues a stored response, and is refused when unknown', async () => {
    const client = clientOf(await mockFor({ tokens: 2 }))
    const first = await client.responses.create({ model: 'm', input: 'One' })
    const second = await client.responses.create({ model: 'm', input: 'Two', previous_response_id: first.id })
    expect(second.output_text).toBe('turn 2:')
    expect(second.usage?.input_tokens).toBe(Math.ceil((3 + 7 + 3) / 4))
    const lost = client.responses.create({ model: 'm', input: 'Two', previous_response_id: 'resp_nowhere' })
    await expect(lost).rejects.toMatchObject({ status: 400 })
  })

  test('a failure inside the stream ends with response.failed', async () => {
    const client = clientOf(await mockFor({ tokens: 4, midStreamErrorRate: 1 }))
    const types: string[] = []
    for await (const event of await client.responses.create({ model: 'm', input: 'Hi', stream: true })) types.push(event.type)
    expect(types.filter((type) => type === 'response.output_text.delta')).toHaveLength(2)
    expect(types.at(-1)).toBe('response.failed')
  })
})
