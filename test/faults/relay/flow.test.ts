import { expect, test } from 'vitest'
import { after, goBy, now } from '../../../src/clock.ts'
import { Flow } from '../../../src/faults/relay/flow.ts'
import type { WireFault } from '../../../src/faults/relay/wire-fault.ts'
import { createRandom } from '../../../src/random.ts'
import { VirtualClock } from '../../support/virtual-clock.ts'
import { wireFault } from '../../support/wire-fault.ts'

type Arrival = readonly [atMs: number, what: number | 'fin' | 'reset']

/** A flow in virtual time, to a receiver that notes what arrives when, and takes everything. */
function flowOf(faults: readonly WireFault[]) {
  const arrivals: Arrival[] = []
  const bytes: number[] = []
  const drawn = faults.map((one, index) => ({ fault: one, index, acted: false }))
  const seen = { paused: 0, resumed: 0, swallowed: 0 }
  const to = {
    writable: true,
    writableNeedDrain: false,
    write(piece: Uint8Array, done: () => void) {
      arrivals.push([now(), piece.byteLength])
      bytes.push(...piece)
      done()
      return true
    },
    end: () => void arrivals.push([now(), 'fin']),
  }
  const flow = new Flow({
    from: {
      pause() {
        seen.paused += 1
      },
      resume() {
        seen.resumed += 1
      },
    },
    to,
    faults: drawn,
    random: createRandom(7, 'wire', 0, 'down'),
    startedAt: () => 0,
    host: {
      acts(one) {
        one.acted = true
      },
      passed: () => {},
      reset: () => void arrivals.push([now(), 'reset']),
      swallowedEnd() {
        seen.swallowed += 1
      },
    },
  })
  return { flow, arrivals, bytes, seen, to, acted: () => drawn.filter((one) => one.acted).map(({ index }) => index) }
}

/** Runs `begin` at time 0 of a virtual clock, and on until `untilMs`. */
async function inVirtualTime(untilMs: number, begin: () => void): Promise<void> {
  const clock = new VirtualClock()
  const restore = goBy(clock)
  try {
    begin()
    await clock.drive(new Promise<void>((resolve) => after(untilMs, resolve)))
  } finally {
    restore()
  }
}

test('latency moves each piece by the same time, however many follow each other', async () => {
  const { flow, arrivals, acted } = flowOf([wireFault({ latency: '50ms', jitter: '0ms' })])
  await inVirtualTime(1000, () => {
    for (let at = 0; at < 100; at += 1) after(at, () => flow.take(new Uint8Array(1000)))
    after(100, () => flow.end('fin'))
  })
  expect(arrivals).toEqual([...Array.from({ length: 100 }, (_, at) => [at + 50, 1000]), [150, 'fin']])
  expect(acted()).toEqual([0])
})

test('jitter keeps the order of the bytes and stays within its bounds', async () => {
  const { flow, arrivals, bytes } = flowOf([wireFault({ latency: '100ms', jitter: '90ms' })])
  await inVirtualTime(1000, () => {
    for (let at = 0; at < 50; at += 1) after(at * 2, () => flow.take(Uint8Array.of(at)))
  })
  expect(bytes).toEqual(Array.from({ length: 50 }, (_, at) => at))
  const delays = arrivals.map(([at], index) => at - index * 2)
  expect(Math.min(...delays)).toBeGreaterThanOrEqual(10)
  expect(Math.max(...delays)).toBeLessThanOrEqual(190)
  expect(new Set(delays).size).toBeGreaterThan(10)
})

test('a bandwidth lets n bytes pass in exactly n divided by it, in small pieces', async () => {
  const { flow, arrivals } = flowOf([wireFault({ bandwidth: '10KB/s' })])
  await inVirtualTime(10_000, () => {
    flow.take(new Uint8Array(15_000))
    flow.take(new Uint8Array(5000))
  })
  expect(arrivals.at(-1)?.[0]).toBeCloseTo(2000, 6)
  expect(arrivals.reduce((sum, [, size]) => sum + Number(size), 0)).toBe(20_000)
  expect(new Set(arrivals.map(([, size]) => size))).toEqual(new Set([200]))
})

test('latency and bandwidth together: the first byte is late, the rest follows at full speed', async () => {
  const faults = [wireFault({ latency: '300ms', jitter: '0ms' }), wireFault({ bandwidth: '10KB/s' })]
  const { flow, arrivals } = flowOf(faults)
  await inVirtualTime(10_000, () => flow.take(new Uint8Array(10_000)))
  expect(arrivals[0]?.[0]).toBeCloseTo(320, 6)
  expect(arrivals.at(-1)?.[0]).toBeCloseTo(1300, 6)
})

test('slices are as long as asked, with the gap between them', async () => {
  const { flow, arrivals } = flowOf([wireFault({ slice: 16, gap: '10ms' })])
  await inVirtualTime(1000, () => {
    flow.take(new Uint8Array(40))
    flow.end('fin')
  })
  expect(arrivals).toEqual([
    [0, 16],
    [10, 16],
    [20, 8],
    [30, 'fin'],
  ])
})

test('what is no longer than a slice is not changed, and not said to be', async () => {
  const { flow, arrivals, acted } = flowOf([wireFault({ slice: 16, gap: '0ms' })])
  await inVirtualTime(10, () => flow.take(new Uint8Array(16)))
  expect(arrivals).toEqual([[0, 16]])
  expect(acted()).toEqual([])
})

test('a fault acts within its time window only', async () => {
  const { flow, arrivals } = flowOf([wireFault({ latency: '5ms', jitter: '0ms' }, { fromMs: 10, untilMs: 20 })])
  await inVirtualTime(100, () => {
    for (const at of [0, 9, 10, 19, 20, 30]) after(at, () => flow.take(new Uint8Array(1)))
  })
  // What came at 20 is not delayed, but stays behind what came at 19.
  expect(arrivals.map(([at]) => at)).toEqual([0, 9, 15, 24, 24, 30])
})

test('a black hole with an end holds what came, and lets it pass in order afterwards', async () => {
  const { flow, arrivals, bytes, acted } = flowOf([wireFault({ blackHole: true }, { fromMs: 10, untilMs: 50 })])
  await inVirtualTime(100, () => {
    for (const at of [0, 10, 20, 60]) after(at, () => flow.take(Uint8Array.of(at)))
  })
  expect(arrivals.map(([at]) => at)).toEqual([0, 50, 50, 60])
  expect(bytes).toEqual([0, 10, 20, 60])
  expect(acted()).toEqual([0])
})

test('a black hole without an end swallows bytes and the end', async () => {
  const { flow, arrivals, seen } = flowOf([wireFault({ blackHole: true })])
  await inVirtualTime(100, () => {
    flow.take(new Uint8Array(10))
    flow.end('fin')
  })
  expect(arrivals).toEqual([])
  expect(seen.swallowed).toBe(1)
})

test('a slow close delays the end and nothing else', async () => {
  const { flow, arrivals, acted } = flowOf([wireFault({ slowClose: '2000ms' })])
  await inVirtualTime(5000, () => {
    flow.take(new Uint8Array(10))
    expect(acted()).toEqual([])
    flow.end('fin')
  })
  expect(arrivals).toEqual([
    [0, 10],
    [2000, 'fin'],
  ])
  expect(acted()).toEqual([0])
})

test.each([
  [100, [60, 40]],
  [60, [60]],
  [1, [1]],
  [0, []],
])('a reset after %i bytes passes exactly those', async (limit, sizes) => {
  const { flow, arrivals } = flowOf([wireFault({ resetAfter: `${limit}B` })])
  await inVirtualTime(10, () => {
    flow.take(new Uint8Array(60))
    flow.take(new Uint8Array(60))
  })
  expect(arrivals.map(([, what]) => what)).toEqual([...sizes, 'reset'])
})

test('a sender is paused while too much waits, and goes on when half of that has passed', async () => {
  const { flow, arrivals, seen } = flowOf([wireFault({ bandwidth: '64KiB/s' })])
  await inVirtualTime(400, () => {
    flow.take(new Uint8Array(32 * 1024))
    expect(seen.paused).toBe(0)
    flow.take(new Uint8Array(32 * 1024))
    expect(seen.paused).toBe(1)
  })
  expect(seen).toEqual({ paused: 1, resumed: 0, swallowed: 0 })
  const sent = arrivals.reduce((sum, [, size]) => sum + Number(size), 0)
  expect(sent).toBeLessThan(32 * 1024)
})

test('the sender goes on when there is room again', async () => {
  const { flow, seen } = flowOf([wireFault({ bandwidth: '64KiB/s' })])
  await inVirtualTime(600, () => flow.take(new Uint8Array(64 * 1024)))
  expect(seen).toMatchObject({ paused: 1, resumed: 1 })
})

test('a receiver that cannot take more holds the line until it can', async () => {
  const { flow, arrivals, to } = flowOf([])
  await inVirtualTime(100, () => {
    to.writableNeedDrain = true
    flow.take(new Uint8Array(5))
    after(40, () => {
      to.writableNeedDrain = false
      flow.pump()
    })
  })
  expect(arrivals).toEqual([[40, 5]])
})

test('a reset of the sender comes after its bytes, and passes although the direction had ended', async () => {
  const { flow, arrivals } = flowOf([wireFault({ latency: '20ms', jitter: '0ms' })])
  await inVirtualTime(100, () => {
    flow.take(new Uint8Array(5))
    flow.end('fin')
    after(1, () => flow.end('reset'))
  })
  expect(arrivals).toEqual([
    [20, 5],
    [20, 'fin'],
    [21, 'reset'],
  ])
})

test('it knows how long the faults keep what waits, and nothing of what the receiver does not take', async () => {
  const { flow, to } = flowOf([wireFault({ latency: '50ms', jitter: '0ms' })])
  const held: (number | undefined)[] = []
  await inVirtualTime(100, () => {
    held.push(flow.heldMs())
    flow.take(new Uint8Array(1))
    for (const at of [30, 60, 90]) after(at, () => held.push(flow.heldMs()))
    after(70, () => {
      to.writableNeedDrain = true
      flow.take(new Uint8Array(1))
    })
  })
  expect(held).toEqual([undefined, 30, undefined, 20])
  expect(flow.lastWaitMs).toBe(50)
})

test('it knows since when a black hole has what was sent, and until when', async () => {
  const { flow } = flowOf([wireFault({ blackHole: true }, { fromMs: 10, untilMs: 50 })])
  const had: boolean[] = []
  await inVirtualTime(100, () => {
    for (const at of [0, 20, 60]) after(at, () => flow.take(Uint8Array.of(at)))
    after(5, () => had.push(flow.hasSwallowed(0)))
    // While it holds bytes it is in the way of whatever was sent when; afterwards, only of what it had.
    after(30, () => had.push(flow.hasSwallowed(0), flow.hasSwallowed(25)))
    after(70, () => had.push(flow.hasSwallowed(15), flow.hasSwallowed(55)))
  })
  expect(had).toEqual([false, true, true, true, false])
})
