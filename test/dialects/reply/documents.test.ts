import { expect, test } from 'vitest'
import { documentsOf, placesIn } from '../../../src/dialects/reply/documents.ts'

test.each<[string, string, object]>([
  ['one document', '{"a":1}', { form: 'json', values: [{ a: 1 }], events: ['{"a":1}'] }],
  ['lines', '{"a":1}\n[2]\n', { form: 'ndjson', values: [{ a: 1 }, [2]], events: ['{"a":1}', '[2]'] }],
  ['events', 'event: x\ndata: {"a":1}\n\ndata: [DONE]\n\n', { form: 'sse', values: [{ a: 1 }], events: ['{"a":1}', '[DONE]'] }],
  ['events without JSON', 'data: hi\n\n', { form: 'sse', values: [], events: ['hi'] }],
  ['text', 'hello\nworld', { form: 'text', values: [], events: ['hello\nworld'] }],
  ['a bare number', '5', { form: 'text', values: [], events: ['5'] }],
])('%s', (_, body, documents) => expect(documentsOf(body)).toEqual(documents))

test('places are found from the outside in, and their paths are JSONPath', () => {
  expect([...placesIn({ a: [{ 'b c': 1 }], d: null })]).toEqual([
    { path: '$.a', value: [{ 'b c': 1 }] },
    { path: '$.a[0]', value: { 'b c': 1 } },
    { path: '$.a[0]["b c"]', value: 1 },
    { path: '$.d', value: null },
  ])
})

test('a reply that is nested very deep is looked into so far', () => {
  let deep: unknown = 'bottom'
  for (let level = 0; level < 1000; level += 1) deep = [deep]
  expect([...placesIn(deep)]).toHaveLength(21)
})
