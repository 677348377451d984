import { expect, test } from 'vitest'
import type { Turn } from '../../../src/dialects/parts/dialect.ts'
import { asPrompt, plainTurns, splitSystem } from '../../../src/dialects/parts/turns.ts'

const turns: Turn[] = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Hi' },
  { role: 'system', content: 'Be kind.' },
  { role: 'assistant', content: 'Hello' },
]

test('system turns are joined, the others keep their order', () => {
  expect(splitSystem(turns)).toEqual({ system: 'Be brief.\n\nBe kind.', rest: [turns[1], turns[3]] })
  expect(splitSystem(turns.slice(1, 2))).toEqual({ system: undefined, rest: [turns[1]] })
})

test('one turn is a prompt as it stands, several say who speaks', () => {
  expect(asPrompt(turns.slice(1, 2))).toBe('Hi')
  expect(asPrompt(turns.slice(0, 2))).toBe('system: Be brief.\nuser: Hi')
  expect(asPrompt([])).toBe('')
})

test('nothing but role and content is sent', () => {
  const more = { role: 'user', content: 'Hi', secret: 'x' } as Turn
  expect(plainTurns([more])).toEqual([{ role: 'user', content: 'Hi' }])
})
