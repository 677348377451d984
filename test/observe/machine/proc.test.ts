import { describe, expect, test } from 'vitest'
import { disksAmong } from '../../../src/observe/machine/catalogue.ts'
import { type ProcTexts, readProc, readProcess } from '../../../src/observe/machine/proc.ts'

const NET_HEAD = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
`

/** A virtual machine with Linux 6.18. */
const NEW_KERNEL: ProcTexts = {
  stat: `cpu  500 20 300 8000 100 0 50 30 7 0
cpu0 250 10 150 4000 50 0 25 15 3 0
cpu1 250 10 150 4000 50 0 25 15 4 0
intr 128427147 0 0
btime 1764000000
`,
  loadavg: '3.57 4.62 3.38 11/189 24521\n',
  meminfo: `MemTotal:       24684096 kB
MemFree:        15699108 kB
MemAvailable:   21596844 kB
Buffers:          270516 kB
Active(anon):    1583924 kB
SwapTotal:       1000 kB
SwapFree:        750 kB
HugePages_Total:       0
`,
  cpuinfo: 'processor\t: 0\ncpu MHz\t\t: 2000.500\nflags\t: fpu\nprocessor\t: 1\ncpu MHz\t\t: 3000.500\n',
  netDev: `${NET_HEAD}    lo: 5000 20    0    0    0     0          0         0 5000 20    0    0    0     0       0          0
  eth0: 1000       10    1    2    0     0          0         0      700       7    3    4    0     0       0          0
  eth1: 1       1    0    0    0     0          0         0      1       1    0    0    0     0       0          0
vethab12: 9999 99 0 0 0 0 0 0 9999 99 0 0 0 0 0 0
`,
  netSnmp: `Ip: Forwarding DefaultTTL
Ip: 1 64
Tcp: RtoAlgorithm RtoMin MaxConn ActiveOpens CurrEstab RetransSegs
Tcp: 1 200 -1 1839474 12 105286
`,
  diskstats: `   7       0 loop0 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9
 259       0 nvme0n1 100 0 2000 0 50 0 600 0 0 0 0 0 0 0 0 0 0
 259       1 nvme0n1p1 90 0 1900 0 50 0 600 0 0 0 0
   8       0 sda 1 0 8 0 1 0 16 0 0 0 0
`,
}

describe('/proc', () => {
  test('of a new kernel', () => {
    const { gauges, counters, cpuTime, bootedAt } = readProc(NEW_KERNEL)
    expect(gauges).toEqual({
      cpus: 2,
      cpu_mhz: 2500.5,
      load1: 3.57,
      load5: 4.62,
      load15: 3.38,
      memory: (24684096 - 21596844) / 24684096,
      memory_bytes: (24684096 - 21596844) * 1024,
      swap: 0.25,
      swap_bytes: 250 * 1024,
      connections: 12,
    })
    // Time of guests stands in that of users as well: 7 is in no sum.
    expect(cpuTime).toEqual({ all: 9000, busy: 900 })
    expect(bootedAt).toBe(1764000000)
    expect(
      Object.fromEntries(Object.entries(counters).map(([name, devices]) => [name, Object.fromEntries(devices ?? [])])),
    ).toEqual({
      net_received_bytes: { eth0: 1000, eth1: 1 },
      net_sent_bytes: { eth0: 700, eth1: 1 },
      net_received_packets: { eth0: 10, eth1: 1 },
      net_sent_packets: { eth0: 7, eth1: 1 },
      net_errors: { eth0: 4, eth1: 0 },
      net_drops: { eth0: 6, eth1: 0 },
      loopback_bytes: { lo: 5000 },
      tcp_retransmits: { '': 105286 },
      disk_reads: { nvme0n1: 100, sda: 1 },
      disk_writes: { nvme0n1: 50, sda: 1 },
      disk_read_bytes: { nvme0n1: 2000 * 512, sda: 8 * 512 },
      disk_written_bytes: { nvme0n1: 600 * 512, sda: 16 * 512 },
    })
  })

  test('of an old kernel: no MemAvailable, no iowait, no blank behind the colon, an ARM without a clock, no swap', () => {
    const { gauges, counters, cpuTime } = readProc({
      stat: 'cpu 10 0 20 70\ncpu0 10 0 20 70\n',
      meminfo: 'MemTotal: 1000 kB\nMemFree: 300 kB\nBuffers: 100 kB\nCached: 200 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n',
      cpuinfo: 'Processor\t: ARMv7\nBogoMIPS\t: 38.40\n',
      netDev: `${NET_HEAD}  eth0:123456 7 0 0 0 0 0 0 890 1 0 0 0 0 0 0\n`,
      diskstats: ' 202 1 xvda1 5 0 10 0 6 0 20 0 0 0 0\n',
    })
    expect(cpuTime).toEqual({ all: 100, busy: 30 })
    expect(gauges.memory).toBeCloseTo(0.4, 12)
    expect(gauges).toMatchObject({ cpus: 1, cpu_mhz: undefined, swap: undefined, swap_bytes: 0, connections: undefined })
    expect(counters.net_received_bytes).toEqual(new Map([['eth0', 123456]]))
    // A partition without its disk beside it stands for it.
    expect(counters.disk_reads).toEqual(new Map([['xvda1', 5]]))
    expect(counters.tcp_retransmits).toBeUndefined()
  })

  test('that is not there tells nothing, and not 0', () => {
    const { gauges, counters, cpuTime, bootedAt } = readProc({})
    for (const value of [...Object.values(gauges), ...Object.values(counters), cpuTime, bootedAt]) expect(value).toBeUndefined()
  })

  test.each([
    '\0\u{1f600}',
    'cpu  a b c d\n',
    'cpu 1 2\n',
    'Tcp:\nTcp: 1 2 3\n',
    'MemTotal: -5 kB\nMemFree: x kB\n',
    'eth0: 1 2\n',
    '8 0 sda 1 2\n',
    ': : :\n',
  ])('that is garbage tells nothing: %j', (garbage) => {
    const names = ['stat', 'loadavg', 'meminfo', 'cpuinfo', 'netDev', 'netSnmp', 'diskstats']
    const { gauges, counters, cpuTime } = readProc(Object.fromEntries(names.map((name) => [name, garbage])))
    for (const value of [...Object.values(gauges), ...Object.values(counters), cpuTime]) expect(value).toBeUndefined()
  })

  test.each([
    ['whole disks', ['sda', 'sda1', 'sdb', 'vda', 'vda15'], ['sda', 'sdb', 'vda']],
    [
      'those whose names end with a number',
      ['nvme0n1', 'nvme0n1p2', 'nvme1n1', 'mmcblk0', 'mmcblk0p1'],
      ['nvme0n1', 'nvme1n1', 'mmcblk0'],
    ],
    ['no layers above disks', ['dm-0', 'md127', 'zram0', 'loop3', 'sr0', 'ram1', 'xvdf'], ['xvdf']],
  ])('of block devices, these count: %s', (_, names, expected) => {
    expect([...disksAmong(names)]).toEqual(expected)
  })
})

describe('a process', () => {
  const rest = 'S 1 77 77 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 11 0 4711 1000 200 18446744073709551615'

  test('is read, whatever it calls itself', () => {
    expect(readProcess(`77 (my (odd) app) x) ${rest}`, 'Name:\tx\nVmRSS:\t  2048 kB\n')).toEqual({
      pid: 77,
      name: 'my (odd) app) x',
      cpuSeconds: 3,
      startedAt: '4711',
      rssBytes: 2048 * 1024,
    })
    expect(readProcess(`77 (kworker) ${rest}`, '')?.rssBytes).toBeNull()
  })

  test.each(['', '77 node S 1', `77 (node) S 1`, `x (node) ${rest}`, `77 (node) ${rest.replace('250', 'a')}`])(
    'that is none: %j',
    (text) => {
      expect(readProcess(text, '')).toBeUndefined()
    },
  )
})
