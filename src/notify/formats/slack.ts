import type { WebhookMessage } from '../message/message.ts'
import { cutTo } from './cut.ts'

/** Slack's limits for a message, in characters: of its header, and of a section or the fallback text. */
const [MAX_HEADER, MAX_SECTION] = [150, 3000]

const BULLETS = { good: ':white_check_mark:', bad: ':x:', neutral: ':information_source:' } as const

/** Escapes `&`, `<` and `>`, the only characters with a meaning in Slack's text: links and mentions are written in angle brackets. */
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** Returns the body of a webhook message to Slack (incoming webhook): a header, and below it the most important figures. */
export function slack({ title, mood, facts }: WebhookMessage) {
  const lines = facts.map(([name, value]) => `*${escaped(name)}*: ${escaped(value)}`).join('\n')
  return {
    text: escaped(cutTo(title, MAX_SECTION)),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: cutTo(`${BULLETS[mood]} ${title}`, MAX_HEADER), emoji: true } },
      { type: 'section', text: { type: 'mrkdwn', text: cutTo(lines, MAX_SECTION), verbatim: true } },
    ],
  }
}
