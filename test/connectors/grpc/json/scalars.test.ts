import { expect, test } from 'vitest'
import { readScalar, shown } from '../../../../src/connectors/grpc/json/scalars.ts'

test.each<[string, unknown, unknown]>([
  ['int32', 5, 5],
  ['int32', '-5', -5],
  ['int32', 5.0, 5],
  ['int32', '1e3', 1000],
  ['uint32', 2 ** 32 - 1, 2 ** 32 - 1],
  ['int64', '9223372036854775807', '9223372036854775807'],
  ['uint64', '18446744073709551615', '18446744073709551615'],
  ['double', '1.5', 1.5],
  ['double', 'NaN', Number.NaN],
  ['double', '-Infinity', Number.NEGATIVE_INFINITY],
  ['bool', 'true', true],
  ['string', 5, '5'],
  ['bytes', 'aGk', Buffer.from('hi')],
  ['bytes', '-_8=', Buffer.from([0xfb, 0xff])],
  ['bytes', [0, 255], Buffer.from([0, 255])],
])('%s of %j', (type, value, read) => expect(readScalar(type, value)).toEqual({ value: read }))

test.each<[string, unknown, string]>([
  ['int32', 2 ** 31, '2147483648 is not a value of this field, which takes int32'],
  ['uint32', -1, 'takes uint32'],
  ['int32', 1.5, 'takes int32'],
  ['int32', '', 'takes int32'],
  ['int64', 2 ** 53, '9007199254740992 is more than a number of JSON can hold exactly: write it as text, in quotes'],
  ['uint64', '18446744073709551616', 'takes uint64'],
  ['float', 1e39, 'takes float'],
  ['double', 'many', '"many" is not a value of this field, which takes double'],
  ['bool', 1, 'takes bool'],
  ['string', {}, 'takes text'],
  ['bytes', 'a b', 'takes base64'],
  ['bytes', [256], 'takes base64'],
])('%s is not %j', (type, value, wrong) => {
  const read = readScalar(type, value)
  expect('wrong' in read ? read.wrong : '').toContain(wrong)
})

test('a long value is cut', () => expect(shown('x'.repeat(100))).toBe(`"${'x'.repeat(59)}…`))
