/** A message in the form of Slack. */
import { expect, test } from 'vitest'
import { slack } from '../../../src/notify/formats/slack.ts'
import { hostile } from './hostile.ts'

test('Slack: no link or mention of a text, within the limits', () => {
  const { text, blocks } = slack(hostile)
  expect(text).toMatch(/^&lt;!everyone&gt; @here/)
  expect(blocks[0]?.text.text.length).toBeLessThanOrEqual(150)
  expect(blocks[1]?.text.text.length).toBeLessThanOrEqual(3000)
  expect(blocks[1]?.text.text).not.toMatch(/[<>]/)
})
