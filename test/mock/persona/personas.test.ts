import { expect, test } from 'vitest'
import { PERSONA_NAMES, personaOpening, personaWords } from '../../../src/mock/persona/personas.ts'

test.each(PERSONA_NAMES)('%s has words, each without a space', (name) => {
  expect(personaWords(name).length).toBeGreaterThan(10)
  for (const word of [...personaWords(name), ...personaOpening(name, 1)]) expect(word).toMatch(/^\S+$/)
})

test('support gives up at the fifth turn', () => {
  expect(personaOpening('support', 4)).toEqual(['Let', 'me', 'help', 'you.'])
  expect(personaOpening('support', 5).join(' ')).toBe('Escalating you to a human agent.')
  expect(personaOpening('default', 1)).toEqual([])
})
