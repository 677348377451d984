import { expect, test } from 'vitest'
import { translateCondition } from '../../../../src/templates/foreign/krawall/condition.ts'

test.each([
  ['contains:yes', 'contains:yes'],
  ['length > 20', 'length > 20'],
  ["response.contains('yes')", 'reply.text.contains("yes")'],
  ['lastResponse.includes("a b")', 'reply.text.contains("a b")'],
  ['status == 200', 'reply.status == 200'],
  ['status===404', 'reply.status == 404'],
  ['latency > 500', 'reply.responseMs > 500'],
  ['true', undefined],
])('condition %s', (written, expected) => {
  expect(translateCondition(written)).toBe(expected)
})
