/** Registers the formats of the body of a webhook message. A new format takes a file and a line here. */
import type { WebhookMessage } from '../message/message.ts'
import { discord } from './discord.ts'
import { slack } from './slack.ts'
import { standard } from './standard.ts'
import { teams } from './teams.ts'

/**
 * A function that returns the body of a webhook message in the form of one receiver, such as Slack, as a value that is then written as JSON. Its
 * texts are untrusted.
 */
type BodyFormat = (message: WebhookMessage) => unknown

/** The functions that create the body of a webhook message, by the name of the format that a webhook gives in `format`. */
export const FORMATS = { standard, slack, teams, discord } as const satisfies Readonly<Record<string, BodyFormat>>
