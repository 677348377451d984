import { expect, test } from 'vitest'
import { truncationOf } from '../../src/text-metrics/truncation.ts'

test.each([
  ['Your order is on its way and comes tomorrow.', undefined],
  ['Your order is on its way and comes', 'no end mark'],
  ['您的订单已经发货。', undefined],
  ['It is on its way and comes tomorrow, I promise 🙂', undefined],
  ['He said that it is on its way "and comes tomorrow."', undefined],
  ['Yes', undefined],
  ['All of this is done in these three steps:\n- one thing\n- another thing that is rather long in the end', undefined],
  ['## The heading of a page that never came to anything', undefined],
  ['Here:\n```js\nlet a = 1\n', 'open code block'],
  ['Here:\n```js\nlet a = 1\n```', undefined],
  ['~~~\n```\n~~~', undefined],
  ['{"a": [1, 2', 'open JSON'],
  ['{"a": "}"', 'open JSON'],
  ['{"a": "{[", "b": [1]}', undefined],
  ['', undefined],
])('%j: %s', (text, truncation) => {
  expect(truncationOf(text)).toBe(truncation)
})
