import { expect, test } from 'vitest'
import { ForeignFields } from '../../../../src/templates/foreign/common/fields.ts'
import { Notes } from '../../../../src/templates/foreign/common/notes.ts'
import { expectations, judging, replyTimeout } from '../../../../src/templates/foreign/testbench/validation.ts'

function of(data: object) {
  const notes = new Notes()
  return { judged: judging(new ForeignFields(data, notes, 'validation')), notes: notes.all.map(({ text }) => text) }
}

test('without a word: JSON, 200 to 202, within a second', () => {
  const { judged } = of({})
  expect(expectations(judged, 'http')).toEqual([
    { status: [200, 201, 202] },
    { 'is-json': true },
    { expression: 'reply.serviceMs <= 1000' },
  ])
  expect(expectations(judged, 'websocket')).toEqual([{ 'is-json': true }, { expression: 'reply.serviceMs <= 1000' }])
  expect(replyTimeout(judged)).toEqual({ timeouts: { total: '2000ms' } })
})

test('what the file asks for takes its place; names with dots lead into maps', () => {
  const { judged } = of({ expectedStatusCodes: [204, 'x'], maxLatencyMs: 50, requiredFields: ['a.b', 'x-y', 5] })
  expect(expectations(judged, 'http')).toEqual([
    { status: [204] },
    { 'is-json': true },
    { expression: 'reply.serviceMs <= 50' },
    { json: '$.a.b' },
    { json: '$["x-y"]' },
  ])
})

test('replies that are not wanted are neither checked nor waited for, and that is said', () => {
  const { judged, notes } = of({ validateResponses: false, maxLatencyMs: 50 })
  expect([expectations(judged, 'http'), replyTimeout(judged)]).toEqual([undefined, {}])
  expect(notes).toEqual(['validation.validateResponses is false: replies are neither awaited nor checked'])
  expect(of({ validateResponses: false }).notes).toEqual([])
})
