/** Embeddings and rerank against the mock: what makes no sense for them stays absent. */
import { expect, test } from 'vitest'
import { validateScenario } from '../../src/scenario/validate.ts'
import { runScenario } from '../support/run.ts'
import { localMock } from './targets.ts'

test.each(['openai-embeddings', 'rerank'] as const)('%s', async (preset) => {
  const mock = await localMock({ firstTokenMs: 3, gapMs: 50, tokens: 24 })
  const { result, attempts } = await runScenario({
    name: 't',
    target: { preset, url: mock.url, model: 'm', pricing: { inputPer1M: 1_000_000, outputPer1M: 5 } },
    steps: [{ message: [{ text: 'abcd' }, { text: 'efgh' }, { text: 'ijkl' }] }],
  })
  expect(result.errors).toEqual([])
  expect(result.warnings).toEqual({})
  const { exchange } = attempts[0]!
  expect([exchange.outcome, exchange.usage?.inputTokens, exchange.usage?.outputTokens, exchange.cost]).toEqual(['ok', 3, null, 3])
  expect(exchange.firstTokenAt).toBeNaN()
  const { distributions, tokens } = result.total
  expect([distributions.ttft?.count ?? 0, distributions.service_time?.count, tokens.output]).toEqual([0, 1, null])
  // Vectors of the texts, scores of the documents.
  const items = preset === 'rerank' ? 2 : 3
  expect([result.total.counters.items, distributions.items?.mean]).toEqual([items, items])
  const sent = JSON.parse(mock.log()[0]?.body ?? '')
  expect(sent).toEqual(
    preset === 'rerank'
      ? { model: 'm', query: 'abcd', documents: ['efgh', 'ijkl'] }
      : { model: 'm', input: ['abcd', 'efgh', 'ijkl'] },
  )
  expect(mock.log()[0]?.headers.accept).toMatch(/^application\/json/)
})

test('a stream of embeddings is refused', () => {
  const text = JSON.stringify({
    name: 't',
    target: { preset: 'openai-embeddings', url: 'mock:', stream: true },
    steps: [{ message: 'a' }],
  })
  const { problems } = validateScenario(text, 't.json', { env: {} })
  expect(problems.map(({ path, message }) => `${path}: ${message}`)).toEqual([
    'target.stream: replies of the API format openai-embeddings are never streamed',
  ])
})
