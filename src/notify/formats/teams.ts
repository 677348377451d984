import type { WebhookMessage } from '../message/message.ts'
import { cutTo } from './cut.ts'

/** The most characters of each text in a message to Teams, which refuses messages above 28 KB. */
const MAX_VALUE = 1000

const COLOURS = { good: 'good', bad: 'attention', neutral: 'default' } as const

/** Escapes the Markdown characters of a text, so that an Adaptive Card shows it as it is written. */
const escaped = (text: string) => text.replace(/[\\*_[\]()#`>-]/g, '\\$&')

/** Returns the body of a webhook message to Microsoft Teams (workflow): one Adaptive Card. */
export function teams({ title, mood, facts }: WebhookMessage) {
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [
      {
        type: 'TextBlock',
        text: escaped(cutTo(title, MAX_VALUE)),
        weight: 'bolder',
        size: 'medium',
        wrap: true,
        color: COLOURS[mood],
      },
      {
        type: 'FactSet',
        facts: facts.map(([name, value]) => ({
          title: escaped(cutTo(name, MAX_VALUE)),
          value: escaped(cutTo(value, MAX_VALUE)),
        })),
      },
    ],
  }
  return { type: 'message', attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content }] }
}
