import { describe, expect, test } from 'vitest'
import { convert } from './converted.ts'

describe('commands for the prompt of Windows', () => {
  test('as Chrome copies them', () => {
    const { target, requests } = convert(
      [
        'curl ^"http://h/a?x=1^&y=a^%^20b^" ^',
        '  -H ^"accept: */*^" ^',
        '  -H ^"content-type: application/json^" ^',
        '  -H ^"authorization: Bearer %TOKEN%^" ^',
        '  --data-raw ^"^{^\\^"a^\\^":^\\^"b c^\\^"^}^"',
      ].join('\r\n'),
    )
    expect(target).toMatchObject({ url: 'http://h', auth: { type: 'bearer', token: '${env.TOKEN}' } })
    expect(requests).toEqual([{ method: 'POST', path: '/a', query: { x: '1', y: 'a b' }, json: { a: 'b c' } }])
  })

  test('as they were copied before: quotes and line breaks in texts', () => {
    const { requests } = convert('curl "http://h/a" ^\r\n  --data-raw "a=""b""&c=d" ^\r\n  --compressed')
    expect(requests).toEqual([{ method: 'POST', path: '/a', form: { a: '"b"', c: 'd' } }])
    const text = convert('curl ^"http://h/a^" ^\n -H ^"Content-Type: text/plain^" ^\n --data-raw ^"one^\n\ntwo^"')
    expect(text.requests[0]).toMatchObject({ body: 'one\ntwo' })
  })
})
