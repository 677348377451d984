import { ApiError, GoogleGenAI } from '@google/genai'
import { expect, test } from 'vitest'
import type { Mock } from '../../../../src/mock/server.ts'
import { mockFor, post } from '../../harness.ts'

const CONTENTS = [{ role: 'user', parts: [{ text: 'Where is it?' }] }]
const ASK = { model: 'm', contents: CONTENTS }

const clientOf = (mock: Mock): GoogleGenAI =>
  new GoogleGenAI({ apiKey: 'k', httpOptions: { baseUrl: mock.url, retryOptions: { attempts: 1 } } })

test('streamed and whole replies hold the same text, reason and exact usage', async () => {
  const client = clientOf(await mockFor({ tokens: 6, reasoningTokens: 2, tokensPerChunk: 4 }))
  const parts: object[] = []
  let last: Awaited<ReturnType<typeof whole>> | undefined
  const whole = () => client.models.generateContent(ASK)
  for await (const chunk of await client.models.generateContentStream(ASK)) {
    parts.push(...(chunk.candidates?.[0]?.content?.parts ?? []))
    last = chunk
  }
  const reply = await whole()
  expect(parts).toEqual([
    { text: expect.stringMatching(/^thinking word\d+$/), thought: true },
    { text: 'turn 1: Where is' },
    { text: expect.stringMatching(/^ it\? word\d+$/) },
    { text: '' },
  ])
  const usage = { promptTokenCount: 3, candidatesTokenCount: 6, thoughtsTokenCount: 2, totalTokenCount: 11 }
  expect(last?.candidates?.[0]?.finishReason).toBe('STOP')
  expect(last?.usageMetadata).toEqual(usage)
  expect(reply.text).toMatch(/^turn 1: Where is it\? word\d+$/)
  expect(reply.candidates?.[0]?.finishReason).toBe('STOP')
  expect(reply.usageMetadata).toEqual(usage)
})

test('a limit ends with MAX_TOKENS', async () => {
  const reply = await clientOf(await mockFor()).models.generateContent({ ...ASK, config: { maxOutputTokens: 2 } })
  expect(reply.text).toBe('turn 1:')
  expect(reply.candidates?.[0]?.finishReason).toBe('MAX_TOKENS')
})

test('without alt=sse the body is one JSON array in pieces, errors included', async () => {
  const mock = await mockFor({ tokens: 3 })
  const path = '/v1beta/models/m:streamGenerateContent'
  const good: unknown = await (await post(mock, path, { contents: CONTENTS })).json()
  expect(good).toHaveLength(4)
  expect(good).toMatchObject([{}, {}, {}, { candidates: [{ finishReason: 'STOP' }] }])
  const failed: unknown = await (await post(mock, path, { contents: CONTENTS }, { midStreamErrorRate: 1 })).json()
  expect(failed).toHaveLength(2)
  expect(failed).toMatchObject([{ candidates: [{}] }, { error: { code: 500, status: 'INTERNAL' } }])
  const refused = await post(mock, path, { contents: CONTENTS }, { status: 503 })
  expect(await refused.json()).toEqual([{ error: { code: 503, message: 'planned error', status: 'UNAVAILABLE' } }])
})

test('a 429 says in its details how long to wait', async () => {
  const client = clientOf(await mockFor({ rateLimitRate: 1, retryAfterSeconds: 46 }))
  const error = await client.models.generateContent(ASK).catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(ApiError)
  expect(error).toMatchObject({ status: 429, message: expect.stringContaining('"retryDelay":"46s"') })
})
