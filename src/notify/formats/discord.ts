import type { WebhookMessage } from '../message/message.ts'
import { cutTo } from './cut.ts'

/** Discord's limits for an embed: characters of the title, of a field's name and of its value, and the number of fields. */
const [MAX_TITLE, MAX_NAME, MAX_VALUE, MAX_FIELDS] = [256, 256, 1024, 25]
const COLOURS = { good: 0x2e_a0_43, bad: 0xda_36_33, neutral: 0x6e_77_81 } as const

/** Escapes the Markdown characters of a text, so that Discord shows it as it is written. */
const escaped = (text: string) => text.replace(/[\\*_~`|>#[\]()<@-]/g, '\\$&')

/** Returns the body of a webhook message to Discord: one embed. Its text cannot mention anybody, so that nobody is notified by untrusted text. */
export function discord({ title, mood, facts, timestamp }: WebhookMessage) {
  const fields = facts.slice(0, MAX_FIELDS).map(([name, value]) => ({
    name: cutTo(escaped(name), MAX_NAME),
    value: cutTo(escaped(value), MAX_VALUE),
  }))
  return {
    embeds: [{ title: cutTo(escaped(title), MAX_TITLE), color: COLOURS[mood], timestamp, fields }],
    allowed_mentions: { parse: [] },
  }
}
