import { expect, test } from 'vitest'
import { pathOf } from '../../../../src/templates/foreign/krawall/target.ts'

test.each([
  ['choices.0.message.content', '$.choices[0].message.content'],
  ['$.a[1].b', '$.a[1].b'],
  ['response', '$.response'],
])('path %s', (written, expected) => {
  expect(pathOf(written)).toBe(expected)
})
