import { expect, test } from 'vitest'
import { lines, run } from '../reply.ts'

test.each<[object, string, boolean, string]>([
  [{ 'is-xml': true }, '<a><b/></a>', true, '"<a><b/></a>"'],
  [{ 'is-xml': true }, '<a><b></a>', false, 'no XML (</a> closes another element): "<a><b></a>"'],
  [{ 'is-xml': false }, 'text', true, 'no XML'],
  [{ 'not-is-xml': true }, '<a/>', false, '"<a/>"'],
  [{ type: 'is-xml' }, '<a/>', true, ''],
  [{ 'contains-xml': true }, 'Here:\n```xml\n<a/>\n```\n', true, 'Here'],
  [{ 'contains-xml': true }, 'Here:\n```xml\n<a>\n```\n', false, 'Here'],
  [{ 'contains-xml': true }, 'Here: <a/>', false, 'Here'],
  [{ 'is-html': true }, '<p>Hi</p>', true, ''],
  [{ 'is-html': true }, 'Hi <b>you</b>', false, 'no HTML (it does not begin with a tag)'],
  [{ 'contains-html': true }, '```html\n<p>Hi</p>\n```', true, ''],
  [{ 'is-sql': true }, 'SELECT id FROM orders WHERE total > 10;', true, ''],
  [{ 'is-sql': true }, 'SELECT id FROM WHERE total > 10', false, 'no SQL (expected a name and not where)'],
  [{ type: 'is-sql' }, 'Here is your query.', false, 'no statement begins with here'],
  [{ 'not-is-sql': true }, 'Here you are', true, ''],
  [{ 'contains-sql': true }, 'Here:\n```sql\nSELECT 1\n```\n', true, 'Here'],
  [{ 'contains-sql': true }, 'Here:\n```sql\nSELECT\n```\n', false, 'Here'],
  [{ 'not-contains-html': true }, '```html\n<p>Hi</p>\n```', false, ''],
])('%j of %j: %s', (line, text, passed, observed) => {
  const verdict = run(line, { text })
  expect(verdict.passed).toBe(passed)
  expect(verdict.observed).toContain(observed)
})

test.each([[{ type: 'llm-rubric', value: 'is kind' }, 'no model is asked']])(
  '%j is refused with what to do instead',
  (line, message) => {
    expect(() => lines(line)).toThrow(message)
  },
)
