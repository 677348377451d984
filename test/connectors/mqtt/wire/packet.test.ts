/** The statements of MQTT 3.1.1 and 5 that bind a broker and that a client can check, each with raw packets: a bad broker fails by class, a good one passes. */
import { afterEach, describe, expect, test, vi } from 'vitest'
import { TargetError } from '../../../../src/errors.ts'
import { type RawBroker, rawBroker } from '../../../servers/mqtt-raw.ts'
import { line } from '../../mqtt-harness.ts'

let broker: RawBroker | undefined
afterEach(async () => {
  await broker?.stop()
  broker = undefined
})

type Version = 4 | 5
/** What the raw packets are sent in place of; `aside`: before the PUBACK of a publish of QoS 1. */
type Place = 'connack' | 'aside' | 'puback' | 'pubrec' | 'pubcomp' | 'suback' | 'unsuback'
/** `ID` in the bytes stands for the packet id of what is answered. */
type Row = readonly [statement: string, what: string, place: Place, bytes: string, expected: string]

/** The packet of ours that each is the answer to. */
const ANSWERS = {
  connack: 'connect',
  aside: 'publish',
  puback: 'publish',
  pubrec: 'publish',
  pubcomp: 'pubrel',
  suback: 'subscribe',
  unsuback: 'unsubscribe',
} as const
const STEPS = {
  connack: { publish: { topic: 't', payload: 'x', qos: 1 } },
  aside: { publish: { topic: 't', payload: 'x', qos: 1 } },
  puback: { publish: { topic: 't', payload: 'x', qos: 1 } },
  pubrec: { publish: { topic: 't', payload: 'x', qos: 2 } },
  pubcomp: { publish: { topic: 't', payload: 'x', qos: 2 } },
  suback: { subscribe: { topic: 's', qos: 2 } },
  unsuback: { unsubscribe: { topic: 's' } },
} as const

const bytesOf = (hex: string, id: number) =>
  Buffer.from(hex.replaceAll('ID', id.toString(16).padStart(4, '0')).replaceAll(' ', ''), 'hex')

/** The class that the row's step ends with, or `ok`; and what the connection was lost for. */
async function outcome(
  version: Version,
  place: Place,
  bytes: string,
): Promise<{ ended: string; message: string; log: string[] }> {
  let done = false
  broker = await rawBroker((packet, { socket }) => {
    if (packet.cmd === 'unsubscribe' && place !== 'unsuback') return false
    if (done || packet.cmd !== ANSWERS[place]) return false
    done = true
    socket.write(bytesOf(bytes, packet.messageId ?? 0))
    return place !== 'aside'
  })
  try {
    const one = await line(broker.url, { version, ackTimeout: '2s' })
    const exchange = await one.step(STEPS[place]).settled
    // What follows the settlement shows as well: the connection must be alive, or have been lost for a reason.
    if (exchange.outcome === 'ok')
      expect((await one.step({ publish: { topic: 't', payload: '2', qos: 1 } }).settled).outcome).toBe('ok')
    await one.connection.close()
    return { ended: exchange.failure?.class ?? exchange.outcome ?? '', message: exchange.failure?.message ?? '', log: one.log }
  } catch (error) {
    if (!(error instanceof TargetError)) throw error
    return { ended: error.class, message: error.message, log: [] }
  }
}

const rows = (version: Version, all: readonly Row[]) =>
  test.each(all)('[MQTT-%s] %s', async (_statement, _what, place, bytes, expected) => {
    const { ended, message, log } = await outcome(version, place, bytes)
    expect(`${ended} ${ended === 'ok' ? '' : message}`).toMatch(new RegExp(`^${expected} `))
    if (expected === 'bad_mqtt' && log.length > 0) expect(log.slice(0, 2)).toEqual(['opened', 'lost bad_mqtt'])
    if (expected === 'bad_mqtt') await vi.waitFor(() => expect(broker?.openSockets()).toBe(0))
  })

/** What holds for both versions, where the packets are the same. */
const BOTH: readonly Row[] = [
  ['2.2.2-1', 'reserved type 0', 'aside', '0000', 'bad_mqtt'],
  ['2.2.2-2', 'flags of CONNACK', 'connack', '21020000', 'bad_mqtt'],
  ['2.2.2-2', 'flags of PUBACK', 'puback', '4102ID', 'bad_mqtt'],
  ['2.2.2-2', 'flags of PUBREC', 'pubrec', '5202ID', 'bad_mqtt'],
  ['2.2.2-2', 'flags of PUBCOMP', 'pubcomp', '7802ID', 'bad_mqtt'],
  ['2.2.2-2', 'flags of PINGRESP', 'aside', 'd100', 'bad_mqtt'],
  ['2.2.3', 'a length of five bytes', 'aside', '30ffffffff01', 'bad_mqtt'],
  ['2.3.1-1', 'PUBLISH of QoS 1 with packet id 0', 'aside', '3206 0001 61 0000 00', 'bad_mqtt'],
  ['2.3.1-6', 'PUBACK with packet id 0', 'puback', '40020000', 'bad_mqtt'],
  ['2.3.1-6', 'PUBACK for a packet that was never sent', 'puback', '40020999', 'bad_mqtt'],
  ['2.3.1-6', 'PUBREC for a packet that was never sent', 'pubrec', '50020999', 'bad_mqtt'],
  ['2.3.1-6', 'PUBCOMP for a packet that was never sent', 'pubcomp', '70020999', 'bad_mqtt'],
  ['2.3.1-7', 'PUBACK in place of SUBACK', 'suback', '4002ID', 'bad_mqtt'],
  ['3.1.0-1', 'CONNECT from the broker', 'aside', '100c 0004 4d515454 04 02 003c 0000', 'bad_mqtt'],
  ['3.1.0-1', 'nothing but another protocol', 'connack', '485454502f312e3120343030', 'bad_mqtt'],
  ['3.2.0-1', 'PUBLISH before CONNACK', 'connack', '3003000161', 'bad_mqtt'],
  ['3.2.0-1', 'PINGRESP before CONNACK', 'connack', 'd000', 'bad_mqtt'],
  ['3.2.2-1', 'reserved bits of the acknowledge flags', 'connack', '20020200', 'bad_mqtt'],
  ['3.2.2-1', 'CONNACK of one byte', 'connack', '200100', 'bad_mqtt'],
  ['3.2.2-1', 'CONNACK of no byte', 'connack', '2000', 'bad_mqtt'],
  ['3.3.1-2', 'DUP at QoS 0', 'aside', '3803000161', 'bad_mqtt'],
  ['3.3.1-4', 'QoS 3', 'aside', '3605 0001 61 0001', 'bad_mqtt'],
  ['3.3.2-1', 'a topic longer than the packet', 'aside', '3003000961', 'bad_mqtt'],
  ['3.3.2-1', 'PUBLISH without room for a topic', 'aside', '300100', 'bad_mqtt'],
  ['3.3.2-1', 'a topic that is no UTF-8', 'aside', '3004 0002 c328', 'bad_mqtt'],
  ['1.5.3-1', 'a topic with a surrogate', 'aside', '3005 0003 eda080', 'bad_mqtt'],
  ['1.5.3-2', 'a topic with U+0000', 'aside', '3005 0003 610062', 'bad_mqtt'],
  ['3.3.2-2', 'a topic with #', 'aside', '3005 0003 612f23', 'bad_mqtt'],
  ['3.3.2-2', 'a topic with +', 'aside', '3005 0003 2b2f61', 'bad_mqtt'],
  ['3.3.4-1', 'PUBREC for a publish of QoS 1', 'puback', '5002ID', 'bad_mqtt'],
  ['3.3.4-1', 'PUBCOMP for a publish of QoS 1', 'puback', '7002ID', 'bad_mqtt'],
  ['3.3.4-1', 'SUBACK for a publish', 'puback', '9003ID00', 'bad_mqtt'],
  ['4.3.3-1', 'PUBACK for a publish of QoS 2', 'pubrec', '4002ID', 'bad_mqtt'],
  ['4.3.3-1', 'PUBCOMP before PUBREC', 'pubrec', '7002ID', 'bad_mqtt'],
  ['4.3.3-1', 'PUBREC and PUBCOMP before our PUBREL', 'pubrec', '5002ID 7002ID', 'bad_mqtt'],
  ['4.3.3-1', 'PUBACK in place of PUBCOMP', 'pubcomp', '4002ID', 'bad_mqtt'],
  ['3.4', 'PUBACK of one byte', 'puback', '400100', 'bad_mqtt'],
  ['3.5', 'PUBREC of no byte', 'pubrec', '5000', 'bad_mqtt'],
  ['3.6.1-1', 'flags of PUBREL', 'aside', '60020001', 'bad_mqtt'],
  ['3.6', 'PUBREL for what was never published', 'aside', '62020001', 'bad_mqtt'],
  ['3.8.1', 'SUBSCRIBE from the broker', 'aside', '8206 0001 0001 61 00', 'bad_mqtt'],
  ['3.10.1', 'UNSUBSCRIBE from the broker', 'aside', 'a205 0001 0001 61', 'bad_mqtt'],
  ['3.12', 'PINGREQ from the broker', 'aside', 'c000', 'bad_mqtt'],
  ['3.13', 'PINGRESP with a byte', 'aside', 'd00100', 'bad_mqtt'],
  ['3.8.4-1', 'SUBACK for a packet that was never sent', 'suback', '9003 0999 00', 'bad_mqtt'],
  ['3.8.4-1', 'SUBACK of one byte', 'suback', '900100', 'bad_mqtt'],
]

describe('MQTT 3.1.1', () => {
  rows(4, BOTH)
  rows(4, [
    ['3.2.0-2', 'a second CONNACK', 'aside', '20020000', 'bad_mqtt'],
    ['3.2.2-1', 'CONNACK too long', 'connack', '2003000000', 'bad_mqtt'],
    ['3.2.2-2', 'a session where a new one was asked for', 'connack', '20020100', 'bad_mqtt'],
    ['3.2.2-4', 'a session of a client that is refused', 'connack', '20020105', 'bad_mqtt'],
    ['3.2.2-5', 'refused: protocol version', 'connack', '20020001', 'mqtt_unacceptable_protocol_version'],
    ['3.2.2-5', 'refused: client id', 'connack', '20020002', 'mqtt_identifier_rejected'],
    ['3.2.2-5', 'refused: server unavailable', 'connack', '20020003', 'mqtt_server_unavailable'],
    ['3.2.2-5', 'refused: user name or password', 'connack', '20020004', 'mqtt_bad_user_name_or_password'],
    ['3.2.2-5', 'refused: not authorized', 'connack', '20020005', 'mqtt_not_authorized'],
    ['3.2.2-6', 'a reserved return code', 'connack', '20020006', 'bad_mqtt'],
    ['4.7.3-1', 'a topic of no character', 'aside', '30020000', 'bad_mqtt'],
    ['3.4', 'PUBACK of three bytes', 'puback', '4003ID00', 'bad_mqtt'],
    ['3.7', 'PUBCOMP of three bytes', 'pubcomp', '7003ID00', 'bad_mqtt'],
    ['3.8.4-5', 'SUBACK with two codes for one topic', 'suback', '9004ID0000', 'bad_mqtt'],
    ['3.8.4-5', 'SUBACK without a code', 'suback', '9002ID', 'bad_mqtt'],
    ['3.9.3-2', 'a reserved code of SUBACK', 'suback', '9003ID03', 'bad_mqtt'],
    ['3.9.3-2', 'a code of MQTT 5 in SUBACK', 'suback', '9003ID87', 'bad_mqtt'],
    ['3.9.3', 'a refused subscription', 'suback', '9003ID80', 'mqtt_subscription_refused'],
    ['3.10.4-4', 'UNSUBACK for a packet that was never sent', 'unsuback', 'b0020999', 'bad_mqtt'],
    ['3.11', 'UNSUBACK of three bytes', 'unsuback', 'b003ID00', 'bad_mqtt'],
    ['3.10.4-4', 'SUBACK for an UNSUBSCRIBE', 'unsuback', '9003ID00', 'bad_mqtt'],
    ['3.14', 'DISCONNECT from the broker', 'aside', 'e000', 'bad_mqtt'],
    ['2.2.1', 'AUTH in 3.1.1', 'aside', 'f000', 'bad_mqtt'],
    // good brokers
    ['3.2.2', 'CONNACK', 'connack', '20020000', 'ok'],
    ['2.2.3', 'a length in more bytes than it needs, which 3.1.1 does not forbid', 'puback', '408200ID', 'ok'],
    ['3.3', 'PUBLISH of QoS 0', 'aside', '3004 0001 61 78', 'ok'],
    ['3.3', 'PUBLISH without a payload', 'aside', '3003 0001 61', 'ok'],
    ['3.3.1-3', 'PUBLISH of QoS 1 with DUP and RETAIN', 'aside', '3b06 0001 61 0007 78', 'ok'],
    ['1.5.3-3', 'a topic that begins with U+FEFF', 'aside', '3006 0004 efbbbf61', 'ok'],
    ['4.3.3-2', 'PUBLISH of QoS 2 and its PUBREL', 'aside', '3406 0001 61 0007 78 62020007', 'ok'],
    ['3.13', 'PINGRESP', 'aside', 'd000', 'ok'],
    ['3.4', 'PUBACK', 'puback', '4002ID', 'ok'],
    ['3.4', 'PUBACK twice', 'puback', '4002ID 4002ID', 'ok'],
    ['3.5', 'PUBREC', 'pubrec', '5002ID', 'ok'],
    ['4.4.0', 'PUBREC twice, which 3.1.1 does not forbid', 'pubrec', '5002ID 5002ID', 'ok'],
    ['3.7', 'PUBCOMP', 'pubcomp', '7002ID', 'ok'],
    ['3.8.4-6', 'a lower QoS than was asked for', 'suback', '9003ID01', 'ok'],
    ['3.11', 'UNSUBACK', 'unsuback', 'b002ID', 'ok'],
  ])
})

describe('MQTT 5', () => {
  rows(5, BOTH)
  rows(5, [
    ['1.5.5-1', 'a length in more bytes than it needs', 'puback', '408200ID', 'bad_mqtt'],
    ['1.5.5-1', 'a length of properties in more bytes than it needs', 'connack', '200400008000', 'bad_mqtt'],
    ['1.5.4-1', 'a reason that is no UTF-8', 'puback', '4009ID8705 1f0002c328', 'bad_mqtt'],
    ['1.5.4-2', 'a reason with U+0000', 'puback', '4008ID8704 1f000100', 'bad_mqtt'],
    ['1.5.7-1', 'a user property that ends too soon', 'aside', '3008 0001 61 04 26000161', 'bad_mqtt'],
    ['2.2.2-1', 'no length of properties', 'connack', '20020000', 'bad_mqtt'],
    ['2.2.2', 'properties longer than the packet', 'connack', '2003000005', 'bad_mqtt'],
    ['2.2.2.2', 'an unknown property', 'connack', '200500000204 00', 'bad_mqtt'],
    ['2.2.2.2', 'a property of another packet', 'connack', '20050000020100', 'bad_mqtt'],
    ['2.2.2.2', 'a property of CONNECT', 'connack', '20050000021701', 'bad_mqtt'],
    ['3.2.0-2', 'a second CONNACK', 'aside', '2003000000', 'bad_mqtt'],
    ['3.2.2-2', 'a session where a new one was asked for', 'connack', '2003010000', 'bad_mqtt'],
    ['3.2.2-6', 'a session of a client that is refused', 'connack', '2003018700', 'bad_mqtt'],
    ['3.2.2-8', 'a code that no standard has', 'connack', '2003000600', 'bad_mqtt'],
    ['3.2.2-7', 'refused: not authorized', 'connack', '2003008700', 'mqtt_not_authorized'],
    ['3.2.2-7', 'refused: banned', 'connack', '2003008a00', 'mqtt_banned'],
    ['3.2.2-7', 'refused in words of 3.1.1', 'connack', '20020001', 'mqtt_unacceptable_protocol_version'],
    ['3.2.2.3.3', 'receive maximum 0', 'connack', '2006000003210000', 'bad_mqtt'],
    ['3.2.2.3.3', 'receive maximum twice', 'connack', '2009000006 210001 210001', 'bad_mqtt'],
    ['3.2.2.3.4', 'maximum QoS 2', 'connack', '20050000022402', 'bad_mqtt'],
    ['3.2.2.3.4', 'maximum QoS twice', 'connack', '200700000424012401', 'bad_mqtt'],
    ['3.2.2.3.5', 'retain available 2', 'connack', '20050000022502', 'bad_mqtt'],
    ['3.2.2.3.6', 'maximum packet size 0', 'connack', '20080000052700000000', 'bad_mqtt'],
    ['3.2.2.3.7', 'assigned client id that ends too soon', 'connack', '2006000003120005', 'bad_mqtt'],
    ['3.2.2.3.8', 'topic alias maximum twice', 'connack', '2009000006 220001 220001', 'bad_mqtt'],
    ['3.2.2.3.9', 'reason string twice', 'connack', '200b000008 1f000161 1f000161', 'bad_mqtt'],
    ['3.2.2.3.11', 'wildcard subscription available 3', 'connack', '20050000022803', 'bad_mqtt'],
    ['3.2.2.3.12', 'subscription identifiers available 2', 'connack', '20050000022902', 'bad_mqtt'],
    ['3.2.2.3.13', 'shared subscription available 2', 'connack', '20050000022a02', 'bad_mqtt'],
    ['3.1.2-28', 'response information that was not asked for', 'connack', '20070000041a000161', 'bad_mqtt'],
    ['4.12.0-6', 'an authentication method that was not asked for', 'connack', '200700000415000161', 'bad_mqtt'],
    ['4.12.0-6', 'AUTH that was not asked for', 'connack', 'f000', 'bad_mqtt'],
    ['4.12.0-6', 'AUTH in mid-session', 'aside', 'f0061804 15000161', 'bad_mqtt'],
    ['3.3.2-8', 'a topic alias where none was allowed', 'aside', '3007 0001 61 03 230001', 'bad_mqtt'],
    ['3.3.2-8', 'topic alias 0', 'aside', '3007 0001 61 03 230000', 'bad_mqtt'],
    ['3.3.2.1', 'no topic and no alias', 'aside', '3003000000', 'bad_mqtt'],
    ['3.3.2.3.2', 'payload format 2', 'aside', '3006 0001 61 02 0102', 'bad_mqtt'],
    ['3.3.2.3.3', 'message expiry twice', 'aside', '300e 0001 61 0a 0200000001 0200000001', 'bad_mqtt'],
    ['3.3.2-14', 'a response topic with a wildcard', 'aside', '3008 0001 61 04 08000123', 'bad_mqtt'],
    ['3.3.2.3.8', 'subscription identifier 0', 'aside', '3006 0001 61 02 0b00', 'bad_mqtt'],
    ['3.3.2.3.9', 'content type twice', 'aside', '300c 0001 61 08 03000161 03000161', 'bad_mqtt'],
    ['3.3.2', 'PUBLISH with a property of CONNACK', 'aside', '3006 0001 61 02 2401', 'bad_mqtt'],
    ['3.4.2-1', 'PUBACK with a code that no standard has', 'puback', '4003ID01', 'bad_mqtt'],
    ['3.4.2-1', 'PUBACK too long', 'puback', '4005ID000000', 'bad_mqtt'],
    ['3.4.2-1', 'PUBACK that refuses', 'puback', '4003ID87', 'mqtt_not_authorized'],
    ['3.4.2-1', 'PUBACK with a failure of another packet', 'puback', '4003ID89', 'mqtt_server_busy'],
    ['3.5.2-1', 'PUBREC that refuses', 'pubrec', '5004ID9700', 'mqtt_quota_exceeded'],
    ['3.5.2-1', 'PUBREC with a failure of another packet', 'pubrec', '5003ID8a', 'mqtt_banned'],
    ['3.5.2-1', 'PUBREC with a code of SUBACK', 'pubrec', '5003ID02', 'bad_mqtt'],
    ['4.4.0-1', 'PUBREC twice', 'pubcomp', '5002ID', 'bad_mqtt'],
    ['3.7.2-1', 'PUBCOMP that refuses', 'pubcomp', '7003ID92', 'mqtt_packet_identifier_not_found'],
    ['3.7.2-1', 'PUBCOMP with a code of PUBREC', 'pubcomp', '7003ID10', 'bad_mqtt'],
    ['3.9.3-1', 'SUBACK with two codes for one topic', 'suback', '9005ID000000', 'bad_mqtt'],
    ['3.9.3-1', 'SUBACK without a code', 'suback', '9003ID00', 'bad_mqtt'],
    ['3.9.3-2', 'a code that no standard has', 'suback', '9004ID0003', 'bad_mqtt'],
    ['3.9.3-2', 'a refused subscription', 'suback', '9004ID0087', 'mqtt_not_authorized'],
    ['3.9.3-2', 'a refused subscription without a reason', 'suback', '9004ID0080', 'mqtt_subscription_refused'],
    ['3.9.3-2', 'a failure of another packet', 'suback', '9004ID0096', 'mqtt_message_rate_too_high'],
    ['3.10.4-4', 'UNSUBACK for a packet that was never sent', 'unsuback', 'b00409990000', 'bad_mqtt'],
    ['3.11.3-1', 'UNSUBACK without a code', 'unsuback', 'b003ID00', 'bad_mqtt'],
    ['3.11.3-2', 'UNSUBACK with a code that no standard has', 'unsuback', 'b004ID0002', 'bad_mqtt'],
    ['3.11.3-2', 'UNSUBACK that refuses', 'unsuback', 'b004ID008f', 'mqtt_topic_filter_invalid'],
    ['3.14.1-1', 'flags of DISCONNECT', 'aside', 'e100', 'bad_mqtt'],
    ['3.14.2-1', 'DISCONNECT with a code of the client', 'aside', 'e00104', 'bad_mqtt'],
    ['3.14.2-1', 'DISCONNECT with a code that no standard has', 'aside', 'e00155', 'bad_mqtt'],
    ['3.14.2-2', 'DISCONNECT with a session expiry', 'aside', 'e0078b05 1100000001', 'bad_mqtt'],
    ['3.14.2-3', 'DISCONNECT too long', 'aside', 'e0038b0000', 'bad_mqtt'],
    ['3.14.2-1', 'DISCONNECT: server shutting down', 'aside', 'e0018b', 'mqtt_server_shutting_down'],
    ['3.14.2-1', 'DISCONNECT: packet too large', 'aside', 'e0029500', 'mqtt_packet_too_large'],
    [
      '3.14.2-1',
      'DISCONNECT: bad authentication method, which one of two tables lacks',
      'aside',
      'e0018c',
      'mqtt_bad_authentication_method',
    ],
    ['3.14.2-1', 'DISCONNECT with a failure of another packet', 'aside', 'e0018a', 'mqtt_banned'],
    ['3.14.2-1', 'a good DISCONNECT', 'aside', 'e000', 'mqtt_no_ack'],
    // good brokers
    ['3.2.2', 'CONNACK', 'connack', '2003000000', 'ok'],
    [
      '3.2.2',
      'CONNACK with every property that it may have here',
      'connack',
      '203a000037 1100000001 210001 2401 2501 2700010000 12000161 220001 1f000161 26000161000162 26000161000162 2801 2901 2a01 13003c 1c000161',
      'ok',
    ],
    [
      '3.3.2',
      'PUBLISH with properties',
      'aside',
      '301e 0001 61 19 0101 0200000001 08000162 0900020001 0b01 0b8101 03000161 78',
      'ok',
    ],
    ['3.4.2', 'PUBACK with a code', 'puback', '4003ID00', 'ok'],
    ['3.4.2', 'PUBACK with a code and no properties', 'puback', '4004ID1000', 'ok'],
    ['3.4.2', 'PUBACK with a reason', 'puback', '4008ID0004 1f000161', 'ok'],
    ['3.5.2', 'PUBREC with a code', 'pubrec', '5003ID10', 'ok'],
    ['3.7.2', 'PUBCOMP with a code', 'pubcomp', '7003ID00', 'ok'],
    ['3.9.2', 'SUBACK with a reason', 'suback', '9008ID041f00016102', 'ok'],
    ['3.11.3', 'UNSUBACK for what was not subscribed to', 'unsuback', 'b004ID0011', 'ok'],
    ['4.3.3-2', 'PUBLISH of QoS 2 and its PUBREL', 'aside', '3407 0001 61 0007 00 78 62020007', 'ok'],
    [
      '4.3.3-10',
      'PUBLISH of QoS 2 twice, and its PUBREL',
      'aside',
      '3407 0001 61 0007 00 78 3c07 0001 61 0007 00 78 6203000700',
      'ok',
    ],
  ])
})

test('what a packet ahead of a bad one says counts', async () => {
  broker = await rawBroker(({ cmd, messageId = 0 }, { socket }) => {
    if (cmd !== 'publish') return false
    socket.write(bytesOf('4002ID 4100', messageId))
    return true
  })
  const one = await line(broker.url)
  expect((await one.step({ publish: { topic: 't', payload: 'x' } }).settled).outcome).toBe('ok')
  await vi.waitFor(() => expect(one.log).toEqual(['opened', 'lost bad_mqtt']))
})

test.each([1, 2, 3, 7])('packets are read alike in pieces of %i bytes', async (size) => {
  broker = await rawBroker(({ cmd, messageId = 0 }, { socket }) => {
    if (cmd !== 'publish') return false
    const bytes = bytesOf('3004 0001 61 78 4002ID', messageId)
    for (let at = 0; at < bytes.length; at += size) setImmediate(() => socket.write(bytes.subarray(at, at + size)))
    return true
  })
  const one = await line(broker.url)
  const sent = one.step({ publish: { topic: 't', payload: 'x', qos: 1 }, await: { message: { topic: 'a' } } })
  expect([(await sent.settled).outcome, sent.text()]).toEqual(['ok', 'x'])
  await one.connection.close()
})
