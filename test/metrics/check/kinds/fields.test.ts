import { expect, test } from 'vitest'
import { compiles, pattern } from '../../../../src/metrics/check/kinds/fields.ts'

const issueOf = (schema: ReturnType<typeof compiles>, text: string) => schema.safeParse(text).error?.issues[0]

test('what a compiler says of a text becomes an issue with its place', () => {
  const refusing = (error: object) =>
    compiles('', () => {
      throw Object.assign(new Error('that is wrong'), error)
    })
  expect(issueOf(refusing({ column: 3 }), 'abc')).toMatchObject({ message: 'that is wrong', params: { offset: 2, length: 1 } })
  expect(issueOf(refusing({ hint: 'write b' }), 'abc')).toMatchObject({
    message: 'that is wrong; write b',
    params: { message: 'that is wrong', hint: 'write b' },
  })
})

test('a text with a template is compiled later, and one without a character never', () => {
  expect(pattern('').safeParse('({{word}}').success).toBe(true)
  expect(pattern('').safeParse('(').success).toBe(false)
  expect(pattern('').safeParse('').error?.issues[0]?.message).toBe('expected some text')
  expect(pattern('').safeParse(undefined).success).toBe(true)
})
