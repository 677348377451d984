import { setImmediate as tick } from 'node:timers/promises'
import { mqtt } from '../../src/connectors/mqtt.ts'
import { type Broker, type BrokerOptions, startBroker } from '../servers/mqtt-broker.ts'
import { addressOf, connectorContract } from './contract.ts'

const FRAMES = ['one ', 'two ', '[DONE]']

const chatbot: BrokerOptions['onMessage'] = async ({ client, text, say }) => {
  if (text.includes('hang')) return
  for (const frame of text.includes('vanish') ? FRAMES.slice(0, 1) : FRAMES) say(`replies/${client.id}`, frame)
  if (!text.includes('vanish')) return
  for (let n = 0; n < 20; n += 1) await tick()
  client.conn.destroy()
}

function subjectOf(broker: Broker, url: string) {
  return {
    connector: mqtt,
    options: mqtt.options.parse({ topic: 'chat/in', reply: { topic: 'replies/%c' } }),
    address: addressOf(url),
    message: { frames: { say: 'frames' }, hang: { say: 'hang' }, vanish: { say: 'vanish' } },
    frames: FRAMES,
    endsWith: '[DONE]',
    vanishClasses: ['closed_early', 'reset'],
    requests: () => broker.published.length,
    openSockets: () => broker.openSockets(),
    stop: () => broker.stop(),
    hangs: new URL(url).protocol,
    forget() {
      broker.published.length = 0
    },
  }
}

const start = () => startBroker({ onMessage: chatbot })

connectorContract('mqtt', async () => {
  const broker = await start()
  return subjectOf(broker, broker.url)
})
connectorContract('mqtt over websocket', async () => {
  const broker = await start()
  return subjectOf(broker, broker.wsUrl)
})
