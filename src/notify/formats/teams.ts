import type { WebhookMessage } from '../message/message.ts'

const COLOURS = { good: 'good', bad: 'attention', neutral: 'default' } as const

/** Markdown of Adaptive Cards shows as it is written. */
const escaped = (text: string) => text.replace(/[\\*_[\]()#`>-]/g, '\\$&')

/** A message of a workflow of Teams: one Adaptive Card. */
export function teams({ title, mood, facts }: WebhookMessage) {
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [
      { type: 'TextBlock', text: escaped(title), weight: 'bolder', size: 'medium', wrap: true, color: COLOURS[mood] },
      { type: 'FactSet', facts: facts.map(([name, value]) => ({ title: escaped(name), value: escaped(value) })) },
    ],
  }
  return { type: 'message', attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content }] }
}
