import { expect, test } from 'vitest'
import { PrometheusReader } from '../../../src/observe/asking/prometheus.ts'
import { ExporterMachine, readExporter } from '../../../src/observe/machine/exporter.ts'
import { MachineWatch } from '../../../src/observe/machine/machine-watch.ts'
import { webhookReceiver } from '../../servers/webhook-receiver.ts'

const read = (text: string) => {
  const reader = new PrometheusReader(() => true)
  reader.push(text)
  reader.end()
  return readExporter(reader.samples)
}

const METRICS = `# TYPE node_cpu_seconds_total counter
node_cpu_seconds_total{cpu="0",mode="idle"} 100
node_cpu_seconds_total{cpu="0",mode="iowait"} 20
node_cpu_seconds_total{cpu="0",mode="user"} 30
node_cpu_seconds_total{cpu="1",mode="idle"} 140
node_cpu_seconds_total{cpu="1",mode="system"} 10
node_cpu_guest_seconds_total{cpu="0",mode="user"} 9
node_cpu_scaling_frequency_hertz{cpu="0"} 2e+09
node_cpu_scaling_frequency_hertz{cpu="1"} 3e+09
node_load1 0.5
node_load5 0.25
node_load15 0.75
node_memory_MemTotal_bytes 1000
node_memory_MemAvailable_bytes 600
node_memory_SwapTotal_bytes 0
node_memory_SwapFree_bytes 0
node_filesystem_size_bytes{device="/dev/sda1",mountpoint="/"} 1000
node_filesystem_free_bytes{device="/dev/sda1",mountpoint="/"} 400
node_filesystem_avail_bytes{device="/dev/sda1",mountpoint="/"} 300
node_filesystem_size_bytes{device="/dev/sdb1",mountpoint="/data"} 9
node_netstat_Tcp_CurrEstab 4
node_netstat_Tcp_RetransSegs 17
node_network_receive_bytes_total{device="eth0"} 1.5e+03
node_network_receive_bytes_total{device="lo"} 70
node_network_receive_bytes_total{device="docker0"} 999
node_network_transmit_bytes_total{device="eth0"} 800
node_network_receive_errs_total{device="eth0"} 1
node_network_transmit_errs_total{device="eth0"} 2
node_disk_read_bytes_total{device="sda"} 4096
node_disk_read_bytes_total{device="sda1"} 4096
node_disk_read_bytes_total{device="dm-0"} 4096
node_boot_time_seconds 1.764e+09
node_uname_info{nodename="db-1",sysname="Linux"} 1
`

test('a node-exporter tells what /proc tells', () => {
  const { gauges, counters, cpuTime, bootedAt } = read(METRICS)
  expect(gauges).toEqual({
    cpus: 2,
    cpu_mhz: 2500,
    load1: 0.5,
    load5: 0.25,
    load15: 0.75,
    memory: 0.4,
    memory_bytes: 400,
    swap: undefined,
    swap_bytes: 0,
    disk: 600 / 900,
    disk_bytes: 600,
    connections: 4,
  })
  expect([cpuTime, bootedAt]).toEqual([{ all: 300, busy: 40 }, 1_764_000_000])
  expect(counters.net_received_bytes).toEqual(new Map([['eth0', 1500]]))
  expect(counters.loopback_bytes).toEqual(new Map([['lo', 70]]))
  expect(counters.net_errors).toEqual(new Map([['eth0', 3]]))
  expect(counters.disk_read_bytes).toEqual(new Map([['sda', 4096]]))
  expect(counters.disk_reads).toBeUndefined()
})

test('energy of CPUs is by CPU, not by part', () => {
  const { counters } = read(
    'node_rapl_package_joules_total{index="0",path="/sys/class/powercap/intel-rapl:0"} 12.5\nnode_rapl_package_joules_total{index="1"} 7\nnode_rapl_core_joules_total{index="0"} 9\n',
  )
  expect(counters.cpu_joules).toEqual(
    new Map([
      ['0', 12.5],
      ['1', 7],
    ]),
  )
})

test('what it does not tell, or not as a number, is unknown', () => {
  const { gauges, counters, cpuTime } = read(
    'node_load1 NaN\nnode_memory_MemTotal_bytes +Inf\nnode_cpu_seconds_total{mode="idle"} NaN\n',
  )
  for (const value of [...Object.values(gauges), ...Object.values(counters), cpuTime]) expect(value).toBeUndefined()
})

test('values that no machine can have are not known', () => {
  const { gauges } = read(
    'node_load1 -3\nnode_memory_MemTotal_bytes 1000\nnode_memory_MemAvailable_bytes -500\nnode_memory_SwapTotal_bytes 10\nnode_memory_SwapFree_bytes 30\n',
  )
  expect([gauges.load1, gauges.memory, gauges.memory_bytes, gauges.swap]).toEqual([undefined, undefined, undefined, undefined])
})

test('it is asked with its headers, tells the name of its machine, and the address is shown without its query', async () => {
  const server = await webhookReceiver(() => ({ status: 200, body: METRICS }))
  const source = new ExporterMachine(`${server.url}/metrics?token=hush`, { headers: { authorization: 'Bearer secret-1' } })
  const watch = new MachineWatch(source, 1000)
  await watch.begin()
  await watch.close()
  const [{ path, headers } = { path: '', headers: {} }] = server.received
  expect([path, headers.authorization, headers['user-agent']?.startsWith('burn/')]).toEqual([
    '/metrics?token=hush',
    'Bearer secret-1',
    true,
  ])
  expect(watch.read()).toMatchObject({ host: 'db-1', from: `${server.url}/metrics`, failed: 0, processes: null })
  expect(watch.bootedAt).toBe(1_764_000_000)
})

test.each([
  [200, 'vllm:num_requests_running 3\n', 'the answer holds no metric of a node-exporter'],
  [401, 'who are you', 'status 401'],
  [302, '', 'status 302'],
])('an answer of %d with %j is a failure: %s', async (status, body, error) => {
  const server = await webhookReceiver(() => ({ status, body, headers: { location: '/elsewhere' } }))
  const watch = new MachineWatch(new ExporterMachine(`${server.url}/`, { headers: {} }), 1000)
  await watch.begin()
  await watch.look(true)
  await watch.close()
  const { samples, failed, error: said } = watch.read()
  expect([samples, failed]).toEqual([2, 2])
  expect(said).toContain(error)
})
