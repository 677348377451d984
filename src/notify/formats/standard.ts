import type { WebhookMessage } from '../message/message.ts'

/** Makes the body for programs that follow Standard Webhooks: type, timestamp and data. */
export const standard = ({ type, timestamp, data }: WebhookMessage) => ({ type, timestamp, data })
