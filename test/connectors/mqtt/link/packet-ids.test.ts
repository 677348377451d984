import { expect, test } from 'vitest'
import { PacketIds } from '../../../../src/connectors/mqtt/link/packet-ids.ts'

test('ids go on where the connection before was, and around past 65535; 0 is none', () => {
  const ids = new PacketIds(65_533)
  expect([ids.allocate(), ids.allocate(), ids.allocate(), ids.allocate()]).toEqual([65_534, 65_535, 1, 2])
  expect(ids.getLastAllocated()).toBe(2)
  expect(new PacketIds(0).allocate()).toBe(1)
})

test('it knows which ids it gave', () => {
  const ids = new PacketIds(65_534)
  for (let n = 0; n < 3; n += 1) ids.allocate()
  expect([65_534, 65_535, 1, 2, 3].map((id) => ids.gave(id))).toEqual([false, true, true, true, false])
})

test('an id may be given again, and those after it follow', () => {
  const ids = new PacketIds(0)
  ids.allocate()
  ids.repeat(9)
  expect([ids.allocate(), ids.allocate()]).toEqual([9, 10])
})
