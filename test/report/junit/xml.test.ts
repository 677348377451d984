import { expect, test } from 'vitest'
import { junitDocument, type TestCase } from '../../../src/report/junit/xml.ts'

const FACTS = { name: 'n', seconds: 1.5, timestamp: '2024-01-01T00:00:00', hostname: 'h', file: 'a.yaml', properties: [] }
const one = (more: Partial<TestCase>): TestCase => ({ name: 'c', seconds: 0.25, state: 'passed', message: '', text: '', ...more })
const document = (...cases: TestCase[]) => junitDocument([{ name: 's', classname: 'burn.s', cases }], FACTS)

test('each state has its element, and is counted', () => {
  const text = document(
    one({}),
    one({ name: 'd', state: 'failure', message: 'm', text: 't' }),
    one({ name: 'e', state: 'error' }),
    one({ name: 'f', state: 'skipped' }),
  )
  expect(text).toContain('<testsuites name="n" tests="4" failures="1" errors="1" time="1.500">')
  expect(text).toContain('<testcase classname="burn.s" name="c" file="a.yaml" time="0.250"/>')
  expect(text).toContain('<failure message="m" type="burn.failed">t</failure>')
  expect(text).toContain('<error message="" type="burn.error"></error>')
  expect(text).toContain('<skipped message=""></skipped>')
})

test('names that repeat are numbered, so that no CI drops one', () => {
  const names = [...document(one({}), one({}), one({ name: 'c (2)' }), one({})).matchAll(/ name="(c[^"]*)"/g)].map(
    ([, name]) => name,
  )
  expect(new Set(names).size).toBe(4)
  expect(names.slice(0, 2)).toEqual(['c', 'c (2)'])
})

test('what the target said cannot leave its element, nor grow without end', () => {
  const text = document(one({ text: `]]></system-out>\x1b${'x'.repeat(50_000)}`, message: '"<>' }))
  expect(text).toContain('<system-out>]]&gt;&lt;/system-out&gt;\\u{1b}xxx')
  expect(text.length).toBeLessThan(20_000)
  expect(junitDocument([], { ...FACTS, name: 'a"\n<b>' })).toContain('name="a&quot;&#10;&lt;b&gt;"')
})
