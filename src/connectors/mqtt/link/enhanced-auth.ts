/** Enhanced authentication of MQTT 5: the broker asks questions in AUTH packets before it accepts. @see MQTT 5.0, section 4.12 */
import type { IClientOptions, Packet } from 'mqtt'
import type { Failure } from '../../../exchange.ts'
import type { MqttCredentials } from '../options/credentials.ts'
import type { MqttOptions } from '../options/options.ts'
import type { MqttLink } from './link.ts'
import { isScram, Scram } from './scram.ts'

/** One enhanced authentication of MQTT 5, an exchange of AUTH packets. */
interface Authentication {
  /** Properties that CONNECT sends for the authentication. */
  readonly properties: Pick<NonNullable<IClientOptions['properties']>, 'authenticationMethod' | 'authenticationData'>
  /** True when AUTH packets use the user name and password, so that CONNECT must not contain them. */
  readonly hidesPassword: boolean
  /** Returns the data of the answer to an AUTH packet of the broker. @throws when there is no answer */
  answer(question: Buffer): Promise<Buffer>
  /** Returns true when `said`, the data in the broker's CONNACK, proves who the broker is, or when no proof is needed. */
  isProved(said: Buffer): boolean
}

/** Returns the enhanced authentication (MQTT 5) that a target's `mqtt:` block sets; undefined when it sets none. */
export function authenticationOf(
  { enhancedAuth }: MqttOptions,
  { username = '', password }: MqttCredentials,
): Authentication | undefined {
  if (!enhancedAuth) return undefined
  const { method } = enhancedAuth
  if (!isScram(method)) return scripted(enhancedAuth)
  const scram = new Scram(method, username, password ?? Buffer.alloc(0))
  return {
    properties: { authenticationMethod: method, authenticationData: scram.first() },
    hidesPassword: true,
    answer: (question) => scram.answer(question),
    isProved: (said) => scram.isProved(said),
  }
}

/** Makes the MQTT library answer the AUTH packets that a broker sends during enhanced authentication (MQTT 5). */
export function answerQuestions(link: MqttLink, authentication: Authentication): void {
  const { authenticationMethod = '' } = authentication.properties
  link.client.handleAuth = ({ properties }, done) => {
    authentication.answer(properties?.authenticationData ?? Buffer.alloc(0)).then(
      (authenticationData) => {
        const packet: Packet = { cmd: 'auth', reasonCode: 0x18, properties: { authenticationMethod, authenticationData } }
        done(undefined, packet)
      },
      (error: Error) => link.fail(failureOf(error)),
    )
  }
}

/**
 * Returns the failure for an AUTH question that burn cannot answer: `bad_mqtt` for a malformed question, `local_setup` when the scenario has no more
 * answers.
 */
function failureOf(error: Error): Failure {
  return { class: error instanceof RangeError ? 'bad_mqtt' : 'local_setup', phase: 'connect', message: error.message }
}

function scripted({ method, data, replies }: NonNullable<MqttOptions['enhancedAuth']>): Authentication {
  const left = [...replies]
  return {
    properties: { authenticationMethod: method, ...(data !== undefined && { authenticationData: Buffer.from(data) }) },
    hidesPassword: false,
    async answer() {
      const reply = left.shift()
      if (reply === undefined)
        throw new Error(`the broker asked more often than mqtt.enhancedAuth has replies (${replies.length})`)
      return Buffer.from(reply)
    },
    isProved: () => true,
  }
}
