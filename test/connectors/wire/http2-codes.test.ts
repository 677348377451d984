import { constants } from 'node:http2'
import { expect, test } from 'vitest'
import { http2Code } from '../../../src/connectors/wire/http2-codes.ts'

test('the names of RFC 9113, section 7, as Node has them', () => {
  const codes = Object.entries(constants).flatMap(([name, code]) =>
    /^NGHTTP2_(?=NO_ERROR|.*_ERROR$|SETTINGS_TIMEOUT|STREAM_CLOSED|REFUSED_STREAM|CANCEL|ENHANCE|INADEQUATE|HTTP_1_1)/.test(
      name,
    ) && !/^NGHTTP2_(ERR|NV|SETTINGS_(?!TIMEOUT))/.test(name)
      ? [[name.slice(8), code] as const]
      : [],
  )
  expect(codes.length).toBeGreaterThanOrEqual(14)
  for (const [name, code] of codes) expect(http2Code(Number(code))).toBe(name)
})

test('a code without a name is its number', () => expect([http2Code(14), http2Code(0xffff_ffff)]).toEqual(['14', '4294967295']))
