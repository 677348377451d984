/** The health checks that a scenario may state. */
import { describe, expect, test } from 'vitest'
import { healthChecksSchema, nameOfCheck } from '../../../src/observe/health/schema.ts'

describe('health of a scenario', () => {
  test('is an address, an entry, or a list of both, with names', () => {
    expect(healthChecksSchema.parse('http://api:8080/health')).toMatchObject([{ every: 1000, timeout: 5000 }])
    const list = healthChecksSchema.parse([
      { url: 'http://api/', every: '2s', name: 'x' },
      'https://api:1/ready?full=1',
      'http://api',
    ])
    expect(list.map(nameOfCheck)).toEqual(['x', 'api:1/ready', 'api'])
    expect(list[0]?.every).toBe(2000)
  })

  test.each([
    ['ftp://x', 'http:// or https://'],
    ['http://user:pass@x/', 'without user and password'],
    [{ url: 'http://x', expect: 99 }, ''],
    [{ url: 'http://x', every: '50ms' }, '200ms'],
    [{ url: 'http://x', headers: { 'a b': 'c' } }, ''],
    [{ url: 'http://x', headers: { a: 'c\r\nd: e' } }, ''],
    [['http://x/a', { url: 'http://y', name: 'x/a' }], 'expected up to 60 letters'],
    [['http://x/a', 'http://x/a?b'], 'same name'],
  ])('refuses %j', (value, message) => {
    const { error } = healthChecksSchema.safeParse(value)
    expect(JSON.stringify(error?.issues)).toContain(message)
  })
})
