import type { WebhookMessage } from '../message/message.ts'

/** Returns the body of a webhook message in the form of the specification Standard Webhooks: type, timestamp and data of the event. */
export const standard = ({ type, timestamp, data }: WebhookMessage) => ({ type, timestamp, data })
