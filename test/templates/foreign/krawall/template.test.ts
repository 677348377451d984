import { expect, test } from 'vitest'
import { Notes } from '../../../../src/templates/foreign/common/notes.ts'
import { translateText } from '../../../../src/templates/foreign/krawall/template.ts'

test.each([
  ['{{lastAssistantMessage}}', '{{conversation.lastAssistant}}'],
  ['{{{lastResponse}}}', '{{{reply.text}}}'],
  ['{{#if lastResponse}}x{{/if}}', '{{#if reply.text}}x{{/if}}'],
  ['{{index}}', ''],
  ['{{tokenCount}} left', '{{conversation.tokens}} left'],
  ['{{name}}', '{{name}}'],
  ['${a}', '$${a}'],
])('text %s', (written, expected) => {
  expect(translateText(written, { own: new Set(['name']), notes: new Notes(), options: {} })).toBe(expected)
})
