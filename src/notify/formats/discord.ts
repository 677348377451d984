import type { WebhookMessage } from '../message/message.ts'
import { cutTo } from './cut.ts'

/** Limits of Discord, in characters and fields. */
const [MAX_TITLE, MAX_NAME, MAX_VALUE, MAX_FIELDS] = [256, 256, 1024, 25]
const COLOURS = { good: 0x2e_a0_43, bad: 0xda_36_33, neutral: 0x6e_77_81 } as const

/** Markdown of Discord shows as it is written. */
const escaped = (text: string) => text.replace(/[\\*_~`|>#[\]()<@-]/g, '\\$&')

/** Makes the body for a webhook of Discord: one embed. Its text cannot mention (and so notify) anybody. */
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
