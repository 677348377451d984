/** Enhanced authentication of MQTT 5: the broker asks by AUTH packets until it is content. @see MQTT 5.0, section 4.12 */
import type { IClientOptions, Packet } from 'mqtt'
import type { Failure } from '../../../exchange.ts'
import type { MqttCredentials } from '../options/credentials.ts'
import type { MqttOptions } from '../options/options.ts'
import type { MqttLink } from './link.ts'
import { isScram, Scram } from './scram.ts'

/** One exchange of it. */
interface Authentication {
  /** What CONNECT says of it. */
  readonly properties: Pick<NonNullable<IClientOptions['properties']>, 'authenticationMethod' | 'authenticationData'>
  /** User name and password are part of the exchange, and never sent as such. */
  readonly hidesPassword: boolean
  /** What the broker's next question is answered with. @throws when there is no answer */
  answer(question: Buffer): Promise<Buffer>
  /** Whether what came with CONNACK is good. */
  isProved(said: Buffer): boolean
}

/** The exchange that the options ask for; undefined when they ask for none. */
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

/** Makes the client library answer the questions of the broker. */
export function answerQuestions(link: MqttLink, authentication: Authentication): void {
  const { authenticationMethod = '' } = authentication.properties
  link.client.handleAuth = ({ properties }, done) => {
    authentication.answer(properties?.authenticationData ?? Buffer.alloc(0)).then(
      (authenticationData) => {
        const packet: Packet = { cmd: 'auth', reasonCode: 0x18, properties: { authenticationMethod, authenticationData } }
        done(undefined, packet)
      },
      (error: Error) => link.fail(faultOf(error)),
    )
  }
}

/** A question that is none is the broker's fault; one too many is for the scenario to answer. */
function faultOf(error: Error): Failure {
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
