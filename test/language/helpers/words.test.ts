import { expect, test } from 'vitest'
import * as words from '../../../src/language/helpers/words.ts'

test.each(Object.entries(words))('%s are single words, each once, in order', (_, list) => {
  expect(list.length).toBeGreaterThan(10)
  for (const word of list) expect(word).toMatch(/^[A-Za-z]+$/)
  expect(list).toEqual([...new Set(list)].sort((a, b) => a.localeCompare(b, 'en')))
})
