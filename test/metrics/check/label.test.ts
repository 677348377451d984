import { describe, expect, test } from 'vitest'
import { compileCheck, type ExpectItem } from '../../../src/metrics/check/check.ts'

describe('labels', () => {
  test.each<[ExpectItem, string]>([
    [{ status: 200 }, 'status 200'],
    [{ status: [200, '4xx'] }, 'status 200, 4xx'],
    [{ ttft: '< 1s' }, 'ttft < 1s'],
    [{ 'is-json': true }, 'is-json'],
    [{ 'is-json': false }, 'is-json false'],
    [{ json: '$.a' }, 'json $.a'],
    [{ json: { path: '$.a', equals: 5, type: 'integer' } }, 'json $.a equals 5 type integer'],
    [{ header: { name: 'x-id', contains: 'a' } }, 'header x-id contains a'],
    [{ similar: { to: 'Hello', threshold: 0.9 } }, 'similar Hello threshold 0.9'],
    [{ 'word-count': { min: 2 } }, 'word-count min 2'],
    [{ contains: 'two\nlines' }, 'contains two lines'],
    [{ latency: 500 }, 'latency 500'],
    [{ status: 200, ttft: '< 1s' }, 'status 200, ttft < 1s'],
  ])('%j', (item, label) => {
    expect(compileCheck(item).label).toBe(label)
  })
})
