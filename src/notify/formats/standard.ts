import type { WebhookMessage } from '../message/message.ts'

/** The message for programs: type, timestamp and data, as Standard Webhooks recommend. */
export const standard = ({ type, timestamp, data }: WebhookMessage) => ({ type, timestamp, data })
