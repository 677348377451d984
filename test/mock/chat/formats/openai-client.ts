/** The official SDK of OpenAI, with the mock as its server. */
import OpenAI from 'openai'
import type { Mock } from '../../../../src/mock/server.ts'

export const clientOf = (mock: Mock): OpenAI => new OpenAI({ apiKey: 'k', baseURL: `${mock.url}/v1`, maxRetries: 0 })
