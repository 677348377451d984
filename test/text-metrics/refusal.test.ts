import { expect, test } from 'vitest'
import { refusalIn } from '../../src/text-metrics/refusal.ts'
import { passages } from './passages.ts'

test.each([
  ["I'm sorry, but I can't help with that request.", "i can't help with"],
  ['I’m   unable to\ndiscuss this.', "i'm unable to"],
  ['Das tut mir leid. Dabei kann ich Ihnen nicht helfen.', 'dabei kann ich ihnen nicht helfen'],
  ['Désolé, mais je ne peux pas faire cela.', 'désolé, mais je ne peux pas'],
  ['Lo siento, pero no puedo hacerlo.', 'lo siento, pero no puedo'],
  ['', undefined],
  ['Sure, here is how you can help with the garden.', undefined],
  ['You cannot cancel an order that was shipped.', undefined],
  [`${'A long and helpful answer. '.repeat(20)} I can't help with the rest.`, undefined],
])('%j refuses with %j', (text, phrase) => {
  expect(refusalIn(text)).toBe(phrase)
})

test('further phrases are compared like its own', () => {
  expect(refusalIn('THAT’S above my pay grade.', ["That's above my pay grade", ''])).toBe("that's above my pay grade")
  expect(refusalIn('Fine.', [''])).toBeUndefined()
})

test('documentation does not refuse', () => {
  expect(passages(60).filter((text) => refusalIn(text) !== undefined)).toEqual([])
})
