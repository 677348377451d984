import { describe, expect, test } from 'vitest'
import { generic } from '../../../src/dialects/generic.ts'
import type { Turn } from '../../../src/dialects/parts/dialect.ts'

const turns: Turn[] = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Hi' },
  { role: 'assistant', content: 'Hello' },
  { role: 'user', content: 'Bye' },
]

describe('requests', () => {
  const options = { stream: false }
  const structure = { model: 'm', input: { text: '' }, deep: [{ keep: true }] }
  test.each([
    ['nothing', undefined, { message: 'Bye' }],
    [
      'a message path',
      { messagePath: '$.input.text', structure },
      { model: 'm', input: { text: 'Bye' }, deep: [{ keep: true }] },
    ],
    ['a rendered structure', { structure: { q: 'rendered' } }, { q: 'rendered' }],
    ['a string', { structure: '<q>Bye</q>' }, '<q>Bye</q>'],
    [
      'a history without a message path',
      { historyPath: 'turns', systemPath: 'sys', roles: { assistant: 'bot' } },
      {
        sys: 'Be brief.',
        turns: [
          { role: 'user', content: 'Hi' },
          { role: 'bot', content: 'Hello' },
          { role: 'user', content: 'Bye' },
        ],
      },
    ],
    [
      'history and message apart',
      { historyPath: 'turns', messagePath: 'q' },
      {
        turns: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'Hi' },
          { role: 'assistant', content: 'Hello' },
        ],
        q: 'Bye',
      },
    ],
  ])('from %s', (_title, request, expected) => {
    expect(generic.encode(turns, options, request && { request })).toEqual(expected)
  })

  test('the structure of the mapping is not changed, and body fields are merged into it', () => {
    const request = { messagePath: 'input.text', structure }
    expect(generic.encode(turns, { stream: false, body: { input: { lang: 'de' } } }, { request })).toMatchObject({
      input: { text: 'Bye', lang: 'de' },
    })
    expect(structure.input).toEqual({ text: '' })
  })
})
