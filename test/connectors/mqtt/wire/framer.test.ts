import fc from 'fast-check'
import { generate, type Packet } from 'mqtt-packet'
import { expect, test } from 'vitest'
import { Malformed } from '../../../../src/connectors/mqtt/wire/fields.ts'
import { PacketFramer } from '../../../../src/connectors/mqtt/wire/framer.ts'

const publish = (size: number): Packet => ({
  cmd: 'publish',
  topic: 't',
  payload: Buffer.alloc(size, 'x'),
  qos: 0,
  retain: false,
  dup: false,
})

test('packets of any size come whole, wherever the bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.nat(200), fc.nat(20_000)), { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 1, max: 3000 }),
      (sizes, step) => {
        const packets = sizes.map((size) => generate(publish(size)))
        const bytes = Buffer.concat(packets)
        const framer = new PacketFramer(4)
        const seen: Buffer[] = []
        for (let at = 0; at < bytes.length; at += step) {
          framer.push(bytes.subarray(at, at + step), (packet, start) => {
            expect(packet.readUInt16BE(start)).toBe(1)
            return seen.push(Buffer.from(packet)) > 0
          })
        }
        expect(Buffer.concat(seen).equals(bytes)).toBe(true)
        expect(seen).toHaveLength(packets.length)
      },
    ),
    { numRuns: 50 },
  )
})

test('nothing is passed on after the one that ends it', () => {
  let taken = 0
  new PacketFramer(4).push(Buffer.concat([generate(publish(1)), generate(publish(2))]), () => {
    taken += 1
    return false
  })
  expect(taken).toBe(1)
})

test.each<[4 | 5, number[], string]>([
  [4, [0x30, 0xff, 0xff, 0xff, 0xff, 0x01], 'a packet gives its length in more than four bytes'],
  [5, [0xd0, 0x80, 0x00], 'a packet gives its length in more bytes than it needs'],
])('version %i, %j: %s', (version, bytes, message) => {
  const push = () => new PacketFramer(version).push(Buffer.from(bytes), () => true)
  expect(push).toThrow(Malformed)
  expect(push).toThrow(message)
})
