/** A message in the form of Microsoft Teams. */
import { expect, test } from 'vitest'
import { teams } from '../../../src/notify/formats/teams.ts'
import { hostile } from './hostile.ts'

test('Teams: one Adaptive Card', () => {
  const { attachments } = teams(hostile)
  expect(attachments[0]).toMatchObject({
    contentType: 'application/vnd.microsoft.card.adaptive',
    content: { type: 'AdaptiveCard' },
  })
  expect(attachments[0]?.content.body[0]).toMatchObject({
    type: 'TextBlock',
    text: expect.stringContaining('\\[x\\]\\(http://evil\\)'),
  })
})
