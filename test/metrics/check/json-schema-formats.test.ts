import { expect, test } from 'vitest'
import { formats } from '../../../src/metrics/check/json-schema-formats.ts'

test.each<[string, string[], string[]]>([
  ['date', ['2024-02-29', '0001-01-01'], ['2023-02-29', '2024-13-01', '2024-1-1', '24-01-01', '2024-02-29 ']],
  ['time', ['12:30:00Z', '23:59:60+02:00', '00:00:00.123z'], ['24:00:00Z', '12:30Z', '12:30:00', '12:60:00Z']],
  [
    'date-time',
    ['2024-02-29T12:30:00Z', '2024-02-29t12:30:00-00:00', '2024-02-29 12:30:00Z'],
    ['2024-02-30T00:00:00Z', '2024-02-29'],
  ],
  ['email', ['a.b+c@h.example', 'a@h'], ['@h', 'a@', 'a b@h', 'a@-h', `${'x'.repeat(65)}@h`]],
  ['hostname', ['a', 'a-b.example', 'A1'], ['', '-a', 'a-', 'a..b', 'a_b', `${'a'.repeat(64)}.example`, 'a.'.repeat(127)]],
  ['ipv4', ['127.0.0.1'], ['256.0.0.1', '::1', '1.2.3']],
  ['ipv6', ['::1', 'fe80::1'], ['127.0.0.1', ':::']],
  ['uri', ['http://h/a', 'urn:a'], ['/a', 'h', 'http://']],
  [
    'uuid',
    ['123e4567-e89b-12d3-a456-426614174000', '123E4567-E89B-12D3-A456-426614174000'],
    ['123e4567e89b12d3a456426614174000'],
  ],
])('%s', (name, good, bad) => {
  for (const text of good) expect(formats[name]?.(text), text).toBe(true)
  for (const text of bad) expect(formats[name]?.(text), text).toBe(false)
})
