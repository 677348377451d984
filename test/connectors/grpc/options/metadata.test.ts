import { expect, test } from 'vitest'
import { metadataOf, plainHeaders } from '../../../../src/connectors/grpc/options/metadata.ts'

test('binary metadata has no padding, text stays as it is', () => {
  const metadata = { 'x-text': 'aGk=', 'x-bin': 'aGk=', 'y-bin': '-_8' }
  expect(metadataOf({ metadata } as unknown as Parameters<typeof metadataOf>[0])).toEqual({
    'x-text': 'aGk=',
    'x-bin': 'aGk',
    'y-bin': '+/8',
  })
})

test('headers are one text each, without those of HTTP/2 itself', () => {
  expect(plainHeaders({ ':path': '/', 'set-cookie': ['a=1', 'b=2'], age: '5' })).toEqual({ 'set-cookie': 'a=1, b=2', age: '5' })
})
