import { describe, expect, test } from 'vitest'
import { compileCheck, compileRendered, type ExpectItem, expectSchema, hasTemplate } from '../../src/metrics/check/check.ts'
import { lines, reply } from './check/reply.ts'

test('a line with several keys holds when all of them do', () => {
  const both = compileCheck({ contains: 'a', status: 200 })
  expect(both.evaluate(reply({ text: 'a', exchange: { status: 200 } })).passed).toBe(true)
  expect(both.evaluate(reply({ text: 'a', exchange: { status: 500 } }))).toMatchObject({ passed: false, observed: 'status 500' })
  expect(compileCheck({ ttft: '< 1s', status: 200 }).objective).toBe(false)
})

describe('templates', () => {
  const [written = {}] = lines({ json: { path: '$.id', equals: '{{order}}' } })

  test('the schema lets them through everywhere', () => {
    const items = [
      { ttft: '< {{limit}}' },
      { status: '{{code}}' },
      { regex: '({{word}}' },
      { expression: '{{x}} == 1' },
      { json: '{{path}}' },
    ]
    expect(expectSchema.safeParse(items).success).toBe(true)
    expect(items.map(hasTemplate)).toEqual([true, true, true, true, true])
    expect(hasTemplate({ status: [200, 404] })).toBe(false)
  })

  test('the label stays as written, and text meets the number that it spells', () => {
    const check = compileRendered({ json: { path: '$.id', equals: '42' } }, written)
    expect(check.label).toBe('json $.id equals {{order}}')
    expect(check.evaluate(reply({ body: { id: 42 } })).passed).toBe(true)
    expect(check.evaluate(reply({ body: { id: '42' } })).passed).toBe(true)
    expect(check.evaluate(reply({ body: { id: 43 } })).passed).toBe(false)
  })

  test.each<[unknown, ExpectItem, string]>([
    [{ ttft: '< soon' }, { ttft: '< {{limit}}' }, 'a bound on ttft: expected a time'],
    [{ regex: 'a(' }, { regex: '{{re}}' }, 'bad pattern'],
    [{ status: 'fine' }, { status: '{{code}}' }, 'status'],
    [{ contains: '' }, { contains: '{{word}}' }, 'expected some text'],
    ['x', { contains: '{{word}}' }, ''],
  ])('%j cannot be used: the check fails and says so', (rendered, line, why) => {
    const check = compileRendered(rendered, line)
    const { passed, observed } = check.evaluate(reply({ text: 'a' }))
    expect(passed).toBe(false)
    expect(observed).toMatch(/^the check cannot be used: /)
    expect(observed).toContain(why)
    expect(check.label).toContain('{{')
  })

  test('what a template gives may hold braces of its own', () => {
    expect(compileRendered({ contains: '{{x' }, { contains: '{{word}}' }).evaluate(reply({ text: 'a {{x b' })).passed).toBe(true)
    expect(compileRendered({ regex: '{{x' }, { regex: '{{word}}' }).evaluate(reply({ text: 'a' })).passed).toBe(false)
  })
})
