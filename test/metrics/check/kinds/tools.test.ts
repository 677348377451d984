import { expect, test } from 'vitest'
import { lines, run } from '../reply.ts'

const weather = { name: 'weather', arguments: '{"city":"Oslo","days":[1,2],"place":{"lat":59.9,"lon":10.7}}' }
const torn = { name: 'weather', arguments: '{"city":"Os' }
const mail = { name: 'mail', arguments: 'not JSON' }

test.each<[object, (typeof weather)[], boolean, string]>([
  [{ 'tool-call': 'weather' }, [mail, weather], true, 'calls mail not JSON, weather {"city":"Oslo"'],
  [{ 'tool-call': 'weather' }, [mail], false, 'calls mail not JSON'],
  [{ 'tool-call': 'weather' }, [], false, 'no tool call'],
  [{ 'not-tool-call': 'weather' }, [], true, 'no tool call'],
  [{ 'tool-call': { name: 'weather', arguments: { city: 'Oslo' } } }, [weather], true, 'calls weather'],
  [{ 'tool-call': { name: 'weather', arguments: { city: 'Bergen' } } }, [weather], false, 'calls weather'],
  [{ 'tool-call': { name: 'weather', arguments: { place: { lat: 59.9 } } } }, [weather], true, 'calls weather'],
  [{ 'tool-call': { name: 'weather', arguments: { days: [1] } } }, [weather], false, 'calls weather'],
  [{ 'tool-call': { name: 'weather', arguments: { toString: 1 } } }, [weather], false, 'calls weather'],
  [{ 'tool-call': { name: 'mail', arguments: {} } }, [mail], false, 'arguments that are no JSON: calls mail'],
  [{ 'tool-call': 'weather' }, [torn], false, 'arguments that are no JSON: calls weather {"city":"Os'],
  [{ 'not-tool-call': 'weather' }, [torn], false, 'arguments that are no JSON: calls weather {"city":"Os'],
  [{ 'tool-call': 'weather' }, [torn, weather], true, 'calls weather {"city":"Os, weather'],
  [{ 'not-tool-call': 'weather' }, [mail], true, 'calls mail'],
  [{ 'tool-call': 'time' }, [{ name: 'time', arguments: '' }], true, 'calls time'],
  [{ 'tool-call': { name: 'mail', arguments: { to: 'a' } } }, [mail], false, 'calls mail'],

  [{ 'tool-call-f1': ['weather', 'mail'] }, [mail, weather, weather], true, 'F1 1.00'],
  [{ 'tool-call-f1': 'weather, mail' }, [weather], false, 'F1 0.67'],
  [{ 'tool-call-f1': { to: 'weather, mail', threshold: 0.66 } }, [weather], true, 'F1 0.67'],
  [{ 'tool-call-f1': 'weather' }, [], false, 'F1 0.00: no tool call'],
  [{ 'not-tool-call-f1': 'weather' }, [mail], true, 'F1 0.00'],
  [{ type: 'tool-call-f1', value: ['weather', 'mail'], threshold: 0.5 }, [weather], true, 'F1 0.67'],
])('%j', (line, calls, passed, observed) => {
  const verdict = run(line, { calls })
  expect(verdict.observed).toContain(observed)
  expect(verdict.passed).toBe(passed)
})

test('an empty list of tools is refused', () => {
  expect(() => lines({ 'tool-call-f1': [] })).toThrow()
  expect(() => lines({ 'tool-call': { arguments: {} } })).toThrow()
})
