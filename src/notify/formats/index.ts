/** The forms of a message's body: a file and a line for each. */
import type { WebhookMessage } from '../message/message.ts'
import { discord } from './discord.ts'
import { slack } from './slack.ts'
import { standard } from './standard.ts'
import { teams } from './teams.ts'

/** Makes the body of a message, as a value that becomes JSON. Its texts are untrusted. */
export type BodyFormat = (message: WebhookMessage) => unknown

/** Every form by its name in a scenario. */
export const FORMATS = { standard, slack, teams, discord } as const satisfies Readonly<Record<string, BodyFormat>>
